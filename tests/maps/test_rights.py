"""Every address × every role: what the right of an address promises is what happens.

The addresses are those of `maps.site.urls`, so a new one is tested without a word here; what it
needs is what `docs/commands.md` says. The rights of the roles are written out once more.
"""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from geo.models import (
    Compound,
    ContractItem,
    ImportBatch,
    ManagementArea,
    ManagingArea,
    Provider,
)
from geo.words import AreaLevel
from layers.models import DispatchItem, Plan, PlanStatus
from layers.planning.publish_table import publish_table
from maps.models import (
    Attachment,
    Job,
    JobKind,
    JobState,
    Membership,
    Paper,
    Role,
    Upload,
    UploadState,
    User,
)
from maps.outputs import MAP
from maps.refused_rows import list_of
from maps.site.urls import urlpatterns
from tests.rows import area

pytestmark = pytest.mark.django_db

RIGHTS = {
    Role.VIEWER: {"see", "export"},
    Role.CLERK: {"see", "export", "ledger", "import"},
    Role.PLANNER: {"see", "export", "import", "plan"},
    Role.APPROVER: {"see", "export", "approve"},
    Role.AUDITOR: {"see", "export", "audit"},
    Role.ADMINISTRATOR: {"see", "export", "import", "audit", "administer"},
}
TO_CHANGE = {"plan_edits": "plan", "ledger_attachments": "ledger"}
"""Addresses that may be read with one right and changed with another."""
ONLY_POSTED = {
    *("propose", "job_cancel", "plan_preview", "plan_steps", "plan_measure", "ledger_confirm"),
    *("ledger_export", "modes_export", "publish_table"),
    *("dispatch_export", "dispatch_dues", "dispatch_items", "dispatch_close"),
    *("provider_leave", "provider_ban"),
    *("events_export", "treatments_export", "evaluations_export", "checks_export"),
    *("subsidies_export", "collection_export", "assessed_enter", "assessed_withdraw"),
    *(
        "ledger_attachment_withdraw",
        "audit_export",
        "upload_check",
        "upload_mend",
        "import_undo",
        "upload_load",
        "upload_refuse",
        "sign_out",
    ),
}
STEPS = {
    "consult": "plan",
    "submit": "plan",
    "withdraw": "plan",
    "return": "approve",
    "approve": "approve",
    "publish": "approve",
}
ANSWERED = {200, 302, 304, 400, 409, 412}
"""What may come of a request without data by a person who may: never 404, never a fault of ours."""
HERE, ABOVE, BELOW, ELSEWHERE = "here", "above", "below", "elsewhere"
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| `/[^|]*` \| `?([a-z ]+?)`? \|", re.MULTILINE)
NEEDED = dict(ROW.findall(DOCS))
"""Name of an address → the right that it needs, or "everybody", or "signed in"."""
ADDRESSES = [each for each in urlpatterns if isinstance(each, URLPattern)]
NAMES = [each.name for each in ADDRESSES]
GATED = [name for name in NAMES if NEEDED.get(name) not in {"everybody", "signed in"}]


@pytest.fixture(scope="module")
def demo(hamlet):
    """The demo with a district beside it, a job, an upload, and a person for each case."""
    plan = Plan.objects.select_related("area__parent").first()
    district = plan.area
    places = {
        HERE: district,
        ABOVE: district.parent,
        BELOW: district.children.first(),
        ELSEWHERE: area("99", level=AreaLevel.DISTRICT, parent=district.parent),
    }
    inside = ManagingArea.objects.filter(Q(parent=district) | Q(parent__parent=district))
    compound = Compound.objects.filter(area__in=inside).first()
    found = {
        "code": district.code,
        "plan": plan.pk,
        "job": done_job(district),
        "upload": faulty_upload(district),
        "batch": imported_file(district),
        "attachment": photo_of(compound, district),
        "item": handed_over(plan),
        "site": compound.code,
        "kind": "compound",
        "provider": Provider.objects.first().code,
        "pk": compound.pk,
        "number": plan.zones.first().number,
        "name": MAP,
        "layer": "compounds",
        "z": 0,
        "x": 0,
        "y": 0,
        "collection": "compounds",
    }
    covered = Q(compound__area__in=inside) | Q(management_area__area__in=inside)
    contract = ContractItem.objects.filter(covered).first()
    other = {
        "ledger_end": {"pk": contract.pk},
        "ledger_enter": {"kind": "contract"},
        **{name: {"kind": "event"} for name in NAMES if name.startswith("assessed")},
        "ledger_merge": {"pk": ManagementArea.objects.filter(area__in=inside).first().pk},
        "api_item": {"collection": "areas", "feature": district.code},
        "published_table": {"number": published_table(district).number},
        "published_table_file": {"number": 1},
    }
    people = {
        (role, where): person(role, held) for where, held in places.items() for role in RIGHTS
    }
    return SimpleNamespace(found=found, other=other, people=people, places=places, var=hamlet.var)


def published_table(district):
    """Return a table of the district as it was published."""
    on = {"valid": timezone.localdate(), "known": timezone.now()}
    return publish_table(district, name="公布表", document="", by=None, **on)


def person(role=None, held=None, **days):
    """Return a browser in which somebody with that role signed in."""
    user = User.objects.create_user(f"person{User.objects.count()}")
    if role:
        Membership.objects.create(user=user, role=role, area=held, **days)
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    client.user = user
    return client


def done_job(where):
    now = timezone.now()
    job = Job.objects.create(
        kind=JobKind.RENDER, area=where, state=JobState.DONE, asked_at=now, finished_at=now
    )
    return job.pk


def faulty_upload(where):
    upload = Upload.objects.create(
        area=where, file_name="a.geojson", size_bytes=2, state=UploadState.FAULTY
    )
    return upload.pk


def imported_file(where):
    batch = ImportBatch.objects.create(kind="compound", file_name="b.geojson", sha256="1" * 64)
    Upload.objects.create(
        area=where, file_name="b.geojson", size_bytes=2, state=UploadState.STORED, batch=batch
    )
    return batch.pk


def handed_over(plan):
    day = timezone.localdate()
    item = DispatchItem.objects.create(
        plan=plan, text="催签", duty="街道物业办", handed_on=day, due_on=day
    )
    return item.pk


def photo_of(compound, where):
    attachment = Attachment.objects.create(
        area=where,
        kind="compound",
        row=compound.pk,
        paper=Paper.PHOTO,
        name="a.png",
        media_type="image/png",
        size_bytes=2,
        sha256="0" * 64,
        uploaded_by=User.objects.get(username="demo-clerk"),
    )
    return attachment.pk


@pytest.fixture(autouse=True)
def kept_file(demo):
    """Lay the file of the upload where it belongs: what was deleted comes not back by itself."""
    photo = Attachment.objects.get(pk=demo.found["attachment"])
    photo.path.parent.mkdir(parents=True, exist_ok=True)
    photo.path.write_text("{}")
    upload = Upload.objects.get(pk=demo.found["upload"])
    upload.folder.mkdir(parents=True, exist_ok=True)
    upload.path.write_text("{}")
    list_of(upload).write_text("{}")
    upload.preview.write_text('{"type":"FeatureCollection","features":[]}')


def address(demo, name):
    """Return the address of that name in the demo; what it captures must be known here."""
    pattern = next(each for each in ADDRESSES if each.name == name)
    values = demo.found | demo.other.get(name, {})
    captured = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    return reverse(name, kwargs={each: values[each] for each in captured})


def who(demo, right, *places):
    """Return those who hold a right in one of the places."""
    return [
        demo.people[role, place] for place in places for role in RIGHTS if right in RIGHTS[role]
    ]


def others(demo, right):
    """Return those for whom there must be nothing: no right, or not in the place."""
    without = [
        demo.people[role, place]
        for place in (HERE, ABOVE)
        for role in RIGHTS
        if right not in RIGHTS[role]
    ]
    return [
        *without,
        *(demo.people[role, place] for place in (BELOW, ELSEWHERE) for role in RIGHTS),
        person(),
    ]


def test_every_address_is_told_with_what_it_needs():
    assert {name: NEEDED.get(name) for name in NAMES if name not in NEEDED} == {}
    allowed = set.union(*RIGHTS.values()) | {"everybody", "signed in"}
    assert set(NEEDED.values()) <= allowed


@pytest.mark.parametrize("name", GATED)
def test_an_address_is_behind_the_gate_of_its_right(name):
    gate = next(each.callback for each in ADDRESSES if each.name == name)
    assert gate.right == NEEDED[name]


@pytest.mark.parametrize("name", GATED)
def test_who_has_the_right_is_answered(demo, name):
    path = address(demo, name)
    for client in who(demo, NEEDED[name], HERE, ABOVE):
        answer = client.get(path)
        assert answer.status_code in ANSWERED | {405}, (name, list(client.user.memberships.all()))
        is_posted = answer.status_code == 405
        assert is_posted == (name in ONLY_POSTED)
        answer.getvalue()


@pytest.mark.parametrize("name", GATED)
def test_who_has_the_right_to_change_is_answered(demo, name):
    path = address(demo, name)
    client, *_ = who(demo, TO_CHANGE.get(name, NEEDED[name]), HERE)
    if name == "job_cancel":
        client = demo.people[Role.PLANNER, HERE]
    assert client.post(path).status_code in ANSWERED | {405}


@pytest.mark.parametrize("name", GATED)
def test_for_who_has_not_the_right_there_is_nothing(demo, name):
    path = address(demo, name)
    for client in others(demo, NEEDED[name]):
        told = [client.get(path).status_code, client.post(path).status_code]
        assert told == [404, 404], list(client.user.memberships.all())


@pytest.mark.parametrize("name", TO_CHANGE)
def test_who_may_only_read_changes_nothing(demo, name):
    path = address(demo, name)
    for client in others(demo, TO_CHANGE[name]):
        assert client.post(path).status_code == 404, list(client.user.memberships.all())


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_plan_is_taken_by_those_who_have_its_right_and_by_nobody_else(demo, step):
    path = address(demo, "plan_steps")
    for client in others(demo, STEPS[step]):
        assert client.post(path, {"step": step, "revision": 0}).status_code == 404
    for client in who(demo, STEPS[step], HERE, ABOVE):
        assert client.post(path, {"step": step, "revision": 0}).status_code in {302, 400, 409}


@pytest.mark.parametrize(("role", "status"), [(Role.PLANNER, 302), (Role.CLERK, 404)])
def test_a_job_is_stopped_by_who_plans_for_its_area(demo, role, status):
    path = address(demo, "job_cancel")
    assert demo.people[role, HERE].post(path).status_code == status


@pytest.mark.parametrize("name", GATED)
def test_who_is_not_signed_in_is_asked_to_sign_in(demo, name):
    for ask in (Client().get, Client().post):
        answer = ask(address(demo, name))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("sign_in"))


@pytest.mark.parametrize("name", [name for name in NAMES if NEEDED[name] == "signed in"])
def test_what_is_for_members_asks_strangers_to_sign_in(demo, name):
    answer = Client().get(address(demo, name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign_in"))


@pytest.mark.parametrize("name", [name for name in NAMES if NEEDED[name] == "signed in"])
def test_what_is_for_members_is_there_for_every_role(demo, name):
    for role in RIGHTS:
        answer = demo.people[role, HERE].get(address(demo, name))
        assert answer.status_code in ANSWERED | {405}


@pytest.mark.parametrize("name", [name for name in NAMES if NEEDED[name] == "everybody"])
def test_what_is_open_asks_nobody_to_sign_in(demo, name):
    answer = Client().get(address(demo, name))
    assert answer.status_code in {200, 302, 503}  # 503: health, where no worker runs
    assert not answer.headers.get("Location", "").startswith(reverse("sign_in"))


@pytest.mark.parametrize("name", sorted(ONLY_POSTED))
def test_what_changes_something_is_not_there_to_be_read(demo, name):
    right = NEEDED[name]
    client = demo.people[Role.VIEWER, HERE] if " " in right else None
    client = client or next(iter(who(demo, right, HERE)), Client())
    assert client.get(address(demo, name)).status_code == 405


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_changed_without_the_token_of_the_form(demo, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(demo.people[Role.PLANNER, HERE].user)
    for ask in (client.post, client.put, client.patch, client.delete):
        assert ask(address(demo, name)).status_code == 403


@pytest.mark.parametrize("name", GATED)
def test_what_nobody_knows_is_not_found(demo, name):
    path = address(demo, name)
    unknown = re.sub(r"^(/\w+/)[^/]+", r"\g<1>999999", path)
    client, *_ = who(demo, NEEDED[name], ABOVE)
    assert client.get(unknown).status_code == 404


def test_a_zero_byte_in_an_address_leads_nowhere(demo):
    client = demo.people[Role.CLERK, HERE]
    assert client.get("/areas/%00/").status_code == 404
    assert (
        client.get(address(demo, "site_card").replace(demo.found["site"], "%00")).status_code == 404
    )
    answer = client.get(address(demo, "search") + "?q=%00")
    assert answer.status_code == 400
    assert "零字节" in answer.content.decode()


@pytest.mark.parametrize("name", GATED)
def test_a_role_that_ended_or_has_not_begun_opens_nothing(demo, name):
    path, today = address(demo, name), timezone.localdate()
    role = next(role for role in RIGHTS if NEEDED[name] in RIGHTS[role])
    past = {"valid_from": today - timedelta(9), "valid_to": today - timedelta(1)}
    for days in (past, {"valid_from": today + timedelta(1)}):
        client = person(role, demo.places[HERE], **days)
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


@pytest.mark.parametrize("name", GATED)
def test_who_was_shut_out_is_a_stranger(demo, name):
    role = next(role for role in RIGHTS if NEEDED[name] in RIGHTS[role])
    client = person(role, demo.places[HERE])
    User.objects.filter(pk=client.user.pk).update(is_active=False)
    answer = client.get(address(demo, name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign_in"))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_role_without_area_holds_everywhere(demo, role):
    client = person(role)
    assert client.get(address(demo, "overview")).status_code == 200
    assert client.get(address(demo, "audit")).status_code == 200
    assert client.post(address(demo, "propose")).status_code == 404


def test_what_is_djangos_is_for_its_staff(demo):
    assert [str(each.pattern) for each in urlpatterns if isinstance(each, URLResolver)] == [
        "admin/"
    ]
    for role in RIGHTS:
        answer = demo.people[role, HERE].get(reverse("admin:index"))
        assert answer.status_code == 302
        assert "login" in answer.url


@pytest.mark.parametrize("status", [PlanStatus.SUBMITTED, PlanStatus.ABORTED])
def test_a_plan_of_any_state_is_seen_by_those_who_may(demo, status):
    Plan.objects.filter(pk=demo.found["plan"]).update(status=status)
    assert demo.people[Role.VIEWER, HERE].get(address(demo, "plan")).status_code == 200
    assert demo.people[Role.VIEWER, ELSEWHERE].get(address(demo, "plan")).status_code == 404
