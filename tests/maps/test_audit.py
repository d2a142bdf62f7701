import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import Compound, ContractItem, ImportBatch
from layers.models import Plan
from maps.auditing import files
from maps.auditing.entries import Wanted, marks
from maps.exporting import record_export
from maps.models import Export, Membership, Role, User
from tests.maps.ledgers import clerk, signed_in, street_with_ledger
from tests.maps.test_ledger_rows import CONTRACT, enter, form_of, save
from tests.rows import compound, covers, day

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def town():
    return street_with_ledger()


def entries(auditor, area="210101", **query):
    answer = auditor.get(reverse("audit", args=[area]), query)
    assert answer.status_code == 200
    return answer.context["entries"]


def mend(client, town, **values):
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | values)
    assert answer.status_code == 200
    return answer


def test_an_auditor_sees_who_changed_what_with_the_request(town):
    client = clerk(town.street)
    answer = mend(client, town, households="120", reason="入户核对")
    (entry,) = entries(
        signed_in(Role.AUDITOR), kind="compound", thing="滨河院", person=client.user.pk
    )
    assert (entry.person, entry.done, entry.kind, entry.thing) == (
        "王经办",
        "更改",
        "小区",
        "滨河院",
    )
    (difference,) = entry.differences
    assert (difference.heading, difference.before, difference.after) == ("户数", "100", "120")
    assert entry.reason == "入户核对"
    assert entry.request == answer.headers["X-Request-ID"]
    assert (entry.address, entry.url) == (
        "127.0.0.1",
        f"/areas/210101/ledger/compound/{town.first.pk}/change/",
    )


def test_a_request_bears_our_number_whatever_came_with_it(town):
    client, address = clerk(town.street), reverse("ledger", args=["210101"])
    given = client.get(address, headers={"X-Request-ID": "proxy-00042"}).headers["X-Request-ID"]
    assert len(given) == 32


def test_two_changes_of_a_row_are_told_each_with_both_values(town):
    client = clerk(town.street)
    mend(client, town, households="120")
    mend(client, town, households="130")
    told = entries(signed_in(Role.AUDITOR), kind="compound", person=client.user.pk)
    assert [(e.differences[0].before, e.differences[0].after) for e in told] == [
        ("120", "130"),
        ("100", "120"),
    ]


def test_a_fact_that_was_mended_is_one_entry_with_both_values(town):
    item = covers(town.firm, town.first, signed_on=day(2025))
    client = clerk(town.street)
    save(
        client,
        "contract",
        item,
        form_of(client, "contract", item) | {"grade": "二级", "reason": "核对"},
    )
    (entry,) = entries(signed_in(Role.AUDITOR), kind="contract", person=client.user.pk)
    assert (entry.done, entry.thing, entry.reason) == ("更正", "滨河院", "核对")
    assert [(d.heading, d.before, d.after) for d in entry.differences] == [
        ("服务等级", "—", "二级")
    ]


def test_a_fact_that_was_withdrawn_is_told(town):
    covers(town.next_firm, town.first, signed_on=TODAY)
    client = clerk(town.street)
    save(
        client,
        "compound",
        town.first,
        form_of(client, "compound", town.first, "?cols=conditions") | {"fund": "是"},
        "?cols=conditions",
    )
    save(
        client,
        "compound",
        town.first,
        form_of(client, "compound", town.first, "?cols=conditions")
        | {"fund": "", "is_mistake": "1", "reason": "误"},
        "?cols=conditions",
    )
    withdrawn, entered = entries(signed_in(Role.AUDITOR), kind="condition", person=client.user.pk)
    assert (withdrawn.done, entered.done) == ("撤回", "录入")


def test_a_contract_that_was_entered_is_told(town):
    client = clerk(town.street)
    enter(client, "contract", CONTRACT)
    (entry,) = entries(signed_in(Role.AUDITOR), kind="contract", person=client.user.pk)
    assert entry.done == "录入"
    assert ("签约日期", "—", str(TODAY)) in [
        (d.heading, d.before, d.after) for d in entry.differences
    ]


def test_what_a_file_brought_is_one_entry_and_no_row_each(town):
    batch = ImportBatch.objects.create(
        kind="compound", file_name="小区.xlsx", sha256="a" * 64, rows=1
    )
    compound("XQ7", area=town.street, batch=batch)
    told = entries(signed_in(Role.AUDITOR))
    assert [(e.kind, e.thing, e.note) for e in told if e.done == "导入"] == [
        ("导入", "小区.xlsx", "1 行")
    ]
    assert not [e for e in told if e.thing == "XQ7"]
    assert not [e for e in entries(signed_in(Role.AUDITOR), area="210102") if e.done == "导入"]


def test_exports_and_confirmations_are_told(town):
    client = clerk(town.street)
    client.post(
        reverse("ledger_export", args=["210101", "compound"]),
        {"format": "csv"},
        query_params={"q": "院"},
    )
    client.post(reverse("ledger_confirm", args=["210101"]))
    confirmed, exported = entries(signed_in(Role.AUDITOR), person=client.user.pk)
    assert (confirmed.done, exported.done) == ("确认", "导出")
    assert "查找“院”" in exported.note


def test_roles_and_people_are_told_without_their_passwords(town):
    auditor = signed_in(Role.AUDITOR)
    other = User.objects.create_user("li", last_name="李")
    other.set_password("secret-secret")
    other.save()
    told = entries(auditor, area="21", kind="person")
    assert not [d for e in told for d in e.differences if "secret" in d.after or "argon" in d.after]
    assert [(e.done, e.thing) for e in told][:1] == [("录入", "li")]
    Membership.objects.create(user=other, role=Role.VIEWER, area=town.street)
    (membership,) = entries(auditor, kind="membership")
    assert ("角色", "—", "查看") in [(d.heading, d.before, d.after) for d in membership.differences]


def test_a_plan_that_was_removed_is_told(town):
    plan = Plan.objects.create(
        area=town.street,
        version=1,
        policy="p",
        seed=1,
        valid_on=TODAY,
        known_at=timezone.now(),
        plan_hash="a" * 64,
    )
    plan.name = "试排"
    plan.save()
    plan.delete()
    told = entries(signed_in(Role.AUDITOR), kind="plan")
    assert [e.done for e in told] == ["删除", "更改", "录入"]
    assert [(d.heading, d.after) for d in told[1].differences] == [("名称", "试排")]


def test_what_was_drawn_anew_is_told_as_such(town):
    Compound.objects.filter(pk=town.second.pk).update(geometry=town.first.geometry)
    (entry,) = entries(signed_in(Role.AUDITOR), kind="compound", thing="机械厂院")[:1]
    assert [(d.heading, d.before, d.after) for d in entry.differences] == [("边界", "—", "新图形")]
    assert entry.person == ""


def test_the_audit_of_an_area_holds_nothing_of_its_neighbour(town):
    client = clerk(town.city)
    mend(client, town, households="120")
    auditor = signed_in(Role.AUDITOR, town.other)
    assert not [e for e in entries(auditor, area="210102") if e.thing == "滨河院"]
    assert auditor.get(reverse("audit", args=["210101"])).status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.PLANNER, Role.APPROVER])
def test_only_who_audits_sees_the_audit(town, role):
    client = signed_in(role, town.city)
    assert client.get(reverse("audit", args=["21"])).status_code == 404
    assert client.post(reverse("audit_export", args=["21"])).status_code == 404


def test_the_audit_is_filtered_by_days(town):
    mend(clerk(town.street), town, households="120")
    auditor = signed_in(Role.AUDITOR)
    assert entries(auditor, **{"from": str(TODAY), "to": str(TODAY)})
    assert not entries(auditor, **{"from": str(TODAY + timedelta(1))})
    assert not entries(auditor, to=str(TODAY - timedelta(1)))
    assert entries(auditor, **{"from": "gestern", "kind": "nonsense", "person": "x", "page": "x"})


def test_the_audit_is_paged(town):
    for number in range(60):
        compound(f"XR{number:02}", area=town.street)
    auditor = signed_in(Role.AUDITOR)
    assert len(entries(auditor)) == 50
    assert len(entries(auditor, page="2")) >= 10
    shown = auditor.get(reverse("audit", args=["210101"]), {"page": "2"}).content.decode()
    assert "较新" in shown


def test_the_audit_is_given_out_and_that_is_in_the_audit_too(town):
    client, auditor = clerk(town.street), signed_in(Role.AUDITOR)
    mend(client, town, households="120", reason="入户核对")
    address = reverse("audit_export", args=["210101"])
    answer = auditor.post(address, query_params={"kind": "compound", "person": client.user.pk})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content))["审计"].values)
    assert rows[0][:6] == ("时间", "人员", "做了什么", "类别", "对象", "字段")
    assert rows[1][1:9] == ("王经办", "更改", "小区", "滨河院", "户数", "100", "120", "入户核对")
    assert Export.objects.get().what == "审计"


@pytest.mark.usefixtures("town")
def test_more_of_the_audit_than_a_file_may_hold_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_ENTRIES", 1)
    answer = signed_in(Role.AUDITOR).post(reverse("audit_export", args=["21"]))
    assert answer.status_code == 400
    assert "一次最多导出 1 条。请用人员、类别或时间缩小范围。" in answer.content.decode()


def test_an_export_that_a_command_wrote_has_no_person(town):
    record_export(b"", by=None, area=town.street, what="片区", format="zip", file_name="zones.zip")
    (entry,) = entries(signed_in(Role.AUDITOR), kind="export")
    assert (entry.person, entry.thing) == ("", "zones.zip")


def test_events_cannot_be_changed(town):
    mend(clerk(town.street), town, households="120")
    events = Compound.pgh_event_model.objects.all()
    with pytest.raises(Exception, match="Cannot update"):
        events.update(households=7)


def test_the_whole_audit_is_one_question(town, django_assert_num_queries):
    covers(town.firm, town.first)
    assert ContractItem.objects.exists()
    with django_assert_num_queries(1):
        list(marks(Wanted(), None)[:50])
