"""What `make demo` leaves behind, and the pages that show it."""

import io
import json
import re
import signal
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import pyogrio
import pytest
from django.core.management import CommandError, call_command
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import reverse
from django.utils import timezone

from geo.models import (
    Compound,
    Courtyard,
    ImportBatch,
    ManagingArea,
    Provider,
    ServiceArea,
)
from geo.models import Role as RoleFact
from geo.words import AreaLevel
from layers.coverage import Measure, Unit
from layers.ground import PLACES
from layers.models import Assignment, NeighbourLink, Plan, PlanSite, PlanStatus, Refusal, Zone
from layers.plan_frames import told as told_reasons
from layers.planning.propose_plan import propose_plan
from layers.planning.read_plan import read_plan
from layers.planning.report_coverage import report_coverage
from layers.policy import load_policy
from layers.sites import Scope
from maps.exports import write_plan_files
from maps.models import Export, Membership, Role, User
from maps.outputs import FILES, notices_of
from maps.sample_files import FORMATS
from maps.site import serve
from maps.stored_outputs import newest_plan, origin_of
from tests import checker
from tests.maps.plans import known_from

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hamlet")]


@pytest.fixture
def district():
    return ManagingArea.objects.get(level=AreaLevel.DISTRICT)


@pytest.fixture
def planner(client):
    client.force_login(User.objects.get(username="demo-planner"))
    return client


@pytest.fixture(scope="module")
def known(hamlet):
    """Return what the files that the demo imported tell the independent judge."""
    sample = hamlet.var / "sample" / "hamlet-1"
    paths = {kind: sample / f"{kind}{suffix}" for kind, (suffix, _write) in FORMATS.items()}
    return known_from(paths)


def judged(plan, known, folder):
    """Return what the independent judge says of a plan that the database holds."""
    frames = read_plan(plan)
    report = report_coverage(area=plan.area.code, valid=plan.valid_on, known=plan.known_at)
    moments = {"valid": plan.valid_on, "known": plan.known_at}
    origin = origin_of(plan.area, policy_name=plan.policy, report=report, **moments)
    write_plan_files(
        folder,
        zones=frames.zones,
        sites=frames.sites,
        links=frames.links,
        refusals=frames.refusals,
        summary=frames.summary,
        notices=notices_of(origin, plan_hash=plan.plan_hash, rates=()),
    )
    return checker.violations(checker.read_plan(folder), **known)


def close_without_the_connection(answer):
    """Close a download as the server does, but for the connection that the module shares."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def again(hamlet, **options):
    said = io.StringIO()
    call_command("prepare_demo", preset="hamlet", out=hamlet.out, stdout=said, **options)
    return said.getvalue()


def test_every_district_has_its_four_files(hamlet, district):
    assert sorted(path.name for path in (hamlet.out / district.code).iterdir()) == sorted(FILES)


def test_a_sign_in_for_every_role_is_printed_with_a_password_of_its_own(hamlet):
    passwords = re.findall(r"demo-\w+　(\S+)", hamlet.said)
    assert len(set(passwords)) == len(Role)


def test_every_role_can_sign_in(hamlet, client):
    for name, password in json.loads((hamlet.var / "sign_ins.json").read_text()).items():
        assert client.login(username=name, password=password), name


def test_all_sample_data_is_marked():
    assert ImportBatch.objects.filter(is_sample=False).count() == 0
    assert Compound.objects.exclude(batch__is_sample=True).count() == 0


def test_a_second_run_imports_plans_and_draws_nothing_anew(hamlet):
    before = ImportBatch.objects.count(), Plan.objects.count()
    said = again(hamlet)
    assert (ImportBatch.objects.count(), Plan.objects.count()) == before
    assert "导入" not in said
    assert "片区" not in said


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(hamlet, district):
    (hamlet.out / district.code / "coverage.html").unlink()
    assert str(hamlet.out / district.code) in again(hamlet)
    assert (hamlet.out / district.code / "coverage.html").exists()


def test_another_sample_city_is_refused_where_data_are_held(hamlet):
    with pytest.raises(
        CommandError, match=r"数据库中已有其他数据（例如导入的“area.zip”），没有改动它"
    ):
        again(hamlet, seed=2)


def test_the_map_is_marked_as_sample_data_and_internal(hamlet, district):
    page = (hamlet.out / district.code / "coverage.html").read_text()
    for notice in ("示例数据", "内部资料 不得公开", "界线仅为示意，不作划界、权属依据"):
        assert notice in page


def test_every_planned_site_is_in_one_zone_or_left_out_with_a_reason():
    plan = Plan.objects.get()
    assert plan.sites.count() == plan.totals["sites"]
    assert plan.sites.filter(reasons=[]).count() == 0
    assert plan.sites.filter(zone=None).count() == plan.totals["left_out"]


def test_the_files_of_a_district_keep_their_promises_before_an_independent_judge(
    hamlet, district, known
):
    assert checker.violations(checker.read_plan(hamlet.out / district.code), **known) == []


@pytest.mark.parametrize("seed", [1, 7])
def test_a_stored_plan_keeps_its_promises_before_an_independent_judge(
    district, known, tmp_path, seed
):
    plan = proposed(district, newest_plan(district), seed=seed).plan
    assert judged(plan, known, tmp_path) == []


@pytest.mark.parametrize("scope", [Scope.COMMUNITY, Scope.DISTRICT])
def test_a_stored_plan_of_another_scope_does_not_leave_it(district, known, tmp_path, scope):
    policy = load_policy("default")
    scoped = replace(policy, bundling=replace(policy.bundling, scope=scope))
    plan = proposed(district, newest_plan(district), policy=scoped).plan
    assert plan.summary["scope"] == scope
    assert judged(plan, known, tmp_path) == []


def test_a_courtyard_becomes_a_row_that_the_next_plan_takes_as_it_is(district):
    courtyards = set(Courtyard.objects.values_list("code", flat=True))
    assert courtyards
    first = newest_plan(district)
    second = proposed(district, first).plan
    assert set(Courtyard.objects.values_list("code", flat=True)) == courtyards
    assert second.plan_hash == first.plan_hash


def proposed(district, first, **changes):
    policy = load_policy(first.policy)
    rest = {"valid": first.valid_on, "known": timezone.now(), "seed": first.seed, "policy": policy}
    return propose_plan(area=district, **(rest | changes))


def test_a_provider_that_serves_another_district_only_is_no_candidate(district):
    beside = ManagingArea.objects.create(
        code="990199", name="邻区", level=AreaLevel.DISTRICT, parent=district.parent
    )
    stranger = Provider.objects.create(code="P-beside", name="邻区物业公司（示例）", kind="private")
    ServiceArea.objects.create(provider=stranger, area=beside, valid_from=date(2020, 1, 1))
    plan = proposed(district, newest_plan(district)).plan
    assert not Refusal.objects.filter(zone__plan=plan, providers__contains=[stranger.pk]).exists()
    ServiceArea.objects.create(provider=stranger, area=district, valid_from=date(2020, 1, 1))
    asked = proposed(district, plan).plan
    proposed_to = asked.zones.filter(assignment__provider=stranger)
    refused = asked.zones.filter(refusals__providers__contains=[stranger.pk])
    assert proposed_to.exists() or refused.exists()


def test_a_role_in_the_whole_city_reaches_every_district(district):
    firm = Provider.objects.get(name=newest_plan(district).zones.first().assignment.provider.name)
    role = {"provider": firm, "role": "backstop", "area": district.parent, "document": "示例"}
    RoleFact.objects.create(**role, valid_from=date(2020, 1, 1))
    assert proposed(district, newest_plan(district)).plan.zones.exists()


def test_files_alone_give_the_plan_that_the_database_gives(hamlet, district, tmp_path):
    plan, sample = newest_plan(district), hamlet.var / "sample" / "hamlet-1"
    words = []
    for kind, option in PLACES.items():
        (file,) = sample.glob(f"{kind}.*")
        words += [f"--{option.replace('_', '-')}", str(file)]
    words += ["--date", plan.valid_on.isoformat(), "--out", str(tmp_path)]
    call_command("plan_files", *words, stdout=io.StringIO())
    summary = json.loads((tmp_path / "plan.json").read_text())
    assert summary["plan_hash"] == plan.plan_hash


def test_the_next_plan_is_the_next_version(district):
    first = newest_plan(district)
    second = proposed(district, first, seed=7).plan
    assert second.version == first.version + 1
    assert newest_plan(district) == second


def test_a_plan_that_was_aborted_is_not_the_newest(district):
    first = newest_plan(district)
    second = proposed(district, first).plan
    Plan.objects.filter(pk=second.pk).update(status=PlanStatus.ABORTED)
    assert newest_plan(district) == first


def test_a_stored_plan_reads_as_it_was_drafted(district):
    proposed_now = proposed(district, newest_plan(district))
    stored, draft = read_plan(proposed_now.plan), proposed_now.draft.proposal
    assert dict(zip(stored.sites["site"], stored.sites["zone"], strict=True)) == {
        site.id: site.zone for site in draft.sites
    }
    assert stored.zones["provider"].tolist() == [zone.provider for zone in draft.zones]
    assert len(stored.links) == len(proposed_now.draft.links.a)
    assert stored.refusals.groupby(["zone", "provider"]).ngroups == len(draft.refusals)
    told = [(row.zone, row.provider, row.reason) for row in stored.refusals.itertuples()]
    assert told == sorted(
        ((each.zone, each.provider, told_reasons(each.reasons, str)) for each in draft.refusals),
        key=lambda row: (int(row[0]), *row[1:]),
    )
    rows = Refusal.objects.filter(zone__plan=proposed_now.plan).count()
    assert rows < len(draft.refusals)
    assert stored.summary["plan_hash"] == proposed_now.plan.plan_hash


def test_reading_a_plan_takes_the_same_few_queries_whatever_its_size(
    district, django_assert_max_num_queries
):
    plan = newest_plan(district)
    with django_assert_max_num_queries(8):
        read_plan(plan)


def test_every_zone_has_a_provider_or_reasons_against_all():
    for zone in Zone.objects.all():
        has_provider = Assignment.objects.filter(zone=zone).exists()
        assert has_provider or Refusal.objects.filter(zone=zone).exists()


def test_links_and_sites_of_a_plan_agree():
    plan = Plan.objects.get()
    sites = set(PlanSite.objects.filter(plan=plan).values_list("site", flat=True))
    links = NeighbourLink.objects.filter(plan=plan).values_list("a", "b")
    assert {end for link in links for end in link} <= sites


def test_the_overview_lists_the_districts_with_their_rate_and_files(planner, district):
    page = planner.get(reverse("overview", args=[district.parent.code])).content.decode()
    now, today = timezone.now(), timezone.localdate()
    report = report_coverage(area=district.code, valid=today, known=now)
    rate = report.area.rate(Measure.FIRM, Unit.COMPOUND)
    assert district.name in page
    assert f"{rate.percent:.2f} %" in page
    assert "示例数据" in page
    for name in FILES:
        assert reverse("area_file", args=[district.code, name]) in page


def test_the_overview_speaks_english_on_request(planner, district):
    planner.post(reverse("set_language"), {"language": "en"})
    assert "Overview" in planner.get(reverse("overview", args=[district.code])).content.decode()


def test_a_planner_begins_at_the_topmost_area(planner, district):
    answer = planner.get(reverse("start"))
    assert answer["Location"] == reverse("overview", args=[district.parent.code])


def test_a_file_is_downloaded_under_its_area_s_code(planner, district):
    answer = planner.get(reverse("area_file", args=[district.code, "zones_shp.zip"]))
    close_without_the_connection(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="{district.code}-zones_shp.zip"'


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_an_area_that_is_taken_is_on_record(planner, district, name):
    answer = planner.get(reverse("area_file", args=[district.code, name]))
    close_without_the_connection(answer)
    taken = Export.objects.get()
    assert (taken.area, taken.exported_by.username) == (district, "demo-planner")
    assert taken.file_name == f"{district.code}-{name}"


def test_the_map_may_run_only_what_it_brings_along(planner, district):
    answer = planner.get(reverse("area_file", args=[district.code, "coverage.html"]))
    assert answer["Content-Security-Policy"].startswith("sandbox allow-scripts; default-src 'none'")


@pytest.mark.parametrize("name", ["server.log", "plan.gpkg-wal", "nothing.zip"])
def test_only_outputs_can_be_downloaded(planner, district, name):
    assert planner.get(reverse("area_file", args=[district.code, name])).status_code == 404


def test_an_area_that_a_person_may_not_see_does_not_exist_for_them(client, district):
    stranger = User.objects.create_user("stranger")
    client.force_login(stranger)
    assert client.get(reverse("area_file", args=[district.code, FILES[0]])).status_code == 404
    assert "您还没有任何辖区的权限" in client.get(reverse("start")).content.decode()


def test_a_clerk_of_a_subdistrict_sees_its_rate_and_no_files(client, district):
    street = district.children.order_by("code").first()
    clerk = User.objects.create_user("clerk")
    Membership.objects.create(user=clerk, role=Role.CLERK, area=street)
    client.force_login(clerk)
    page = client.get(reverse("start"), follow=True).content.decode()
    assert street.name in page
    assert district.name not in page.split("<main", 1)[1].split("</main", 1)[0]
    assert "尚未生成" in page


@pytest.mark.parametrize("address", ["start", "sign_out"])
def test_who_is_not_signed_in_is_asked_to(client, address):
    answer = client.get(reverse(address))
    assert answer.status_code in {302, 405}
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("sign_in"))


def test_a_wrong_password_says_what_to_do(client):
    answer = client.post(reverse("sign_in"), {"username": "demo-planner", "password": "no"})
    assert "忘记密码请联系管理员重置" in answer.content.decode()


def test_a_page_that_is_not_there_names_the_way_back(planner):
    answer = planner.get("/nowhere/")
    assert answer.status_code == 404
    assert "回到总览" in answer.content.decode()


@pytest.mark.parametrize("form", ["shp", "gpkg", "geojson", "csv", "xlsx"])
def test_zones_are_exported_in_every_format(tmp_path, form):
    plan = Plan.objects.get()
    out = tmp_path / f"zones.{'zip' if form in {'shp', 'csv'} else form}"
    call_command("export_zones", plan=plan.pk, format=form, out=out, stdout=io.StringIO())
    assert out.stat().st_size > 0
    if form == "gpkg":
        assert len(pyogrio.read_dataframe(out, layer="zones")) == plan.zones.count()


def test_a_gbk_shapefile_in_metres_is_read_by_ogrinfo(tmp_path, has_ogrinfo):
    plan, out = Plan.objects.get(), tmp_path / "zones.zip"
    options = {"format": "shp", "crs": 4547, "encoding": "gbk", "stdout": io.StringIO()}
    call_command("export_zones", plan=plan.pk, out=out, **options)
    told = subprocess.run(
        [has_ogrinfo, "-al", "-ro", f"/vsizip/{out}"], capture_output=True, text=True, check=True
    ).stdout
    assert f"Feature Count: {plan.zones.count()}" in told
    assert "（示例）" in told or "(示例)" in told


def test_a_plan_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="没有编号为 999999 的方案"):
        call_command("export_zones", plan=999_999, format="shp", out=tmp_path / "x.zip")


def test_providers_for_a_plan_that_is_not_there_are_refused():
    with pytest.raises(CommandError, match="没有编号为 999999 的方案。"):
        call_command("assign_providers", plan=999_999)


def test_a_district_without_sites_ends_the_demo_with_what_to_import(hamlet):
    ManagingArea.objects.create(
        code="E",
        name="空区",
        level=AreaLevel.DISTRICT,
        parent=ManagingArea.objects.get(level="city"),
    )
    with pytest.raises(CommandError, match="没有可以规划的小区或楼栋"):
        again(hamlet)


def test_maps_of_a_city_are_drawn_a_district_each(tmp_path, district):
    city = district.parent
    said = io.StringIO()
    call_command("render_maps", area=city.code, out=tmp_path, stdout=said)
    assert str(tmp_path / district.code / "coverage.html") in said.getvalue()


def test_an_area_without_a_plan_gets_its_map_alone(tmp_path, district):
    street = district.children.order_by("code").first()
    call_command("render_maps", area=street.code, out=tmp_path, stdout=io.StringIO())
    assert [path.name for path in (tmp_path / street.code).iterdir()] == ["coverage.html"]


@pytest.mark.parametrize("command", ["propose_plan", "render_maps"])
def test_an_area_that_is_not_there_is_named(tmp_path, command):
    options = {"out": tmp_path} if command == "render_maps" else {}
    with pytest.raises(CommandError, match="没有编码为“nowhere”的辖区"):
        call_command(command, area="nowhere", **options)


def test_the_command_proposes_and_prints_the_hash(district):
    first, said = newest_plan(district), io.StringIO()
    call_command("propose_plan", area=district.code, stdout=said, date=first.valid_on)
    assert f"plan_hash {first.plan_hash}" in said.getvalue()


def test_a_policy_that_is_not_there_is_named(district):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("propose_plan", area=district.code, policy="nowhere")


def test_an_area_without_sites_says_what_to_import(district):
    empty = ManagingArea.objects.create(
        code="E", name="空街道", level="subdistrict", parent=district
    )
    with pytest.raises(CommandError, match="没有可以规划的小区或楼栋"):
        call_command("propose_plan", area=empty.code, stdout=io.StringIO())
    assert not empty.plans.exists()


def test_providers_are_assigned_anew_without_moving_a_zone(district, known, tmp_path):
    plan = newest_plan(district)
    before = list(plan.sites.order_by("site").values_list("site", "zone__number"))
    serve = Assignment.objects.filter(zone__plan=plan).order_by("zone")
    proposed = list(serve.values_list("zone", "provider"))
    call_command("assign_providers", plan=plan.pk, stdout=io.StringIO())
    # Whoever was proposed stays, now for the reason too that they were.
    anew, said = newest_plan(district), io.StringIO()
    assert list(plan.sites.order_by("site").values_list("site", "zone__number")) == before
    assert list(serve.values_list("zone", "provider")) == proposed
    call_command("assign_providers", plan=plan.pk, stdout=said)
    assert f"plan_hash {anew.plan_hash}" in said.getvalue()
    assert judged(newest_plan(district), known, tmp_path) == []


def test_rates_of_another_day_are_told(district):
    early = timezone.localdate() - timedelta(days=365 * 40)
    report = report_coverage(area=district.code, valid=early, known=timezone.now())
    assert report.area.rate(Measure.SIGNED, Unit.COMPOUND).covered == 0


def test_a_site_is_not_served_with_another_sample_city_than_the_stored_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://not/asked")
    monkeypatch.setattr(serve, "PID_FILE", tmp_path / "serve.pid")
    ending = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit, match="数据库中已有其他数据"):
            serve.main(["--demo", "--preset", "small", "--port", "0"])
    finally:
        signal.signal(signal.SIGTERM, ending)
    assert not serve.PID_FILE.exists()
