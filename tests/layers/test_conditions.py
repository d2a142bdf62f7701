"""Which conditions hold of a site on a day: what is recorded, and what follows from the ledger."""

import pytest

from geo.models import ConditionFact
from geo.words import Condition
from layers.coverage import NOWHERE, conditions_on
from layers.modes import HAS_PROVIDER, NO, OLD, UNKNOWN, YES
from layers.planning.report_history import coverage_known
from layers.planning.report_modes import site_modes, thing_modes
from layers.policy import load_policy
from layers.sites import SiteKind
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    management_area,
    provider,
)

pytestmark = pytest.mark.django_db
NEW_YEAR = day(2024)
FIRM = str(Condition.HAS_FIRM)


def said(what, key, is_met, **values):
    return ConditionFact.objects.create(
        compound=what, key=key, is_met=is_met, **({"recorded_at": LONG_AGO} | values)
    )


def answers(what, key, *, on=NEW_YEAR, known=None, kind=SiteKind.COMPOUND):
    timeline = coverage_known(known).timeline
    row = timeline.things[kind].ids.tolist().index(what.pk)
    return conditions_on(timeline, on, old_year=2000)[kind][key][row]


def test_a_condition_holds_on_its_days_and_is_unknown_on_all_others():
    yard = compound("A")
    said(yard, "fund", True, valid_from=day(2024, 3, 1), valid_to=day(2024, 3, 31))
    edges = [day(2024, 2, 29), day(2024, 3, 1), day(2024, 3, 31), day(2024, 4, 1)]
    found = [answers(yard, "fund", on=each) for each in edges]
    assert found == [UNKNOWN, YES, YES, UNKNOWN]
    assert answers(yard, "premises", on=day(2024, 3, 1)) == UNKNOWN


def test_what_was_put_right_is_known_as_it_was_believed_before():
    yard = compound("A")
    said(yard, "fund", True).correct(is_met=False, reason="核查", now=at(2025))
    assert answers(yard, "fund", known=at(2024, 12, 31)) == YES
    assert answers(yard, "fund") == NO


def test_old_is_what_a_list_says_and_else_what_the_year_tells():
    listed = compound("A", old_list=False, built=1980)
    edge, newer, silent = compound("B", built=2000), compound("C", built=2001), compound("D")
    assert answers(listed, OLD) == NO
    assert [answers(each, OLD) for each in (edge, newer, silent)] == [YES, NO, UNKNOWN]


def test_who_serves_is_known_from_contracts_and_nobody_only_where_something_tells_so():
    firm, centre = provider("甲物业"), provider("社区服务中心", kind="service_centre")
    by_firm, by_centre, left, noted, silent = (compound(code) for code in "ABCDE")
    covers(firm, by_firm, in_service_from=day(2023))
    covers(centre, by_centre, in_service_from=day(2023))
    covers(firm, left, in_service_from=day(2022), valid_to=day(2023, 12, 31))
    said(noted, FIRM, False)
    said(by_firm, FIRM, False)

    found = {
        each.code: (answers(each, FIRM), answers(each, HAS_PROVIDER))
        for each in (by_firm, by_centre, left, noted, silent)
    }

    assert found == {
        "A": (YES, YES),
        "B": (NO, YES),
        "C": (NO, NO),
        "D": (NO, NO),
        "E": (UNKNOWN, UNKNOWN),
    }
    assert answers(left, HAS_PROVIDER, on=day(2023, 12, 31)) == YES


def test_of_a_management_area_a_condition_holds_where_it_holds_of_all_its_compounds():
    both, one, part = ((compound(f"{n}a"), compound(f"{n}b")) for n in "xyz")
    held = [management_area(f"M{n}", pair) for n, pair in enumerate((both, one, part))]
    for each in (*both, one[0], part[0]):
        said(each, "area_clear", True)
    said(one[1], "area_clear", False)
    lone = management_area("M9", [building("L1")])

    found = [answers(each, "area_clear", kind=SiteKind.MANAGEMENT_AREA) for each in (*held, lone)]

    assert found == [YES, NO, UNKNOWN, UNKNOWN]


def test_a_contract_on_a_management_area_serves_it_and_all_that_it_holds():
    members = compound("A"), compound("B")
    held = management_area("M", members)
    covers(provider("甲物业"), held, in_service_from=day(2023))
    assert answers(held, HAS_PROVIDER, kind=SiteKind.MANAGEMENT_AREA) == YES
    assert [answers(each, FIRM) for each in members] == [YES, YES]


def test_sites_are_management_areas_and_the_compounds_in_none_and_a_compound_finds_its_own():
    street = area("21")
    first, second, lone = (compound(code, area=street, households=9) for code in "ABC")
    held = management_area("M", [first, second], area=street)
    management_area("empty", area=street)
    gone = compound("D", area=street, valid_to=day(2020))

    found = site_modes(coverage_known(None), day(2024), "default")

    assert found.ids.tolist() == [held.pk, lone.pk]
    assert found.kind.tolist() == ["management_area", "compound"]
    assert found.households.tolist() == [18, 9]
    assert found.modes.labels.tolist() == ["文件未规定"] * 2
    places = [found.position(SiteKind.COMPOUND, each.pk) for each in (first, second, lone, gone)]
    assert places == [0, 0, 1, None]
    assert found.position(SiteKind.MANAGEMENT_AREA, held.pk) == 0
    assert found.inside(NOWHERE).tolist() == [False, False]
    assert found.inside(0).tolist() == [True, True]


def test_every_thing_that_may_stand_in_a_plan_finds_its_mode_and_any_else_is_not_provided_for():
    ready, basic, silent = (compound(code) for code in "ABC")
    said(ready, "professional_ready", True)
    for key, is_met in (("professional_ready", False), ("basic_ready", True)):
        said(basic, key, is_met)
    held, block = management_area("M", [ready]), building("L", compound=basic)
    policy, coverage = load_policy("xuchang-2021"), coverage_known(None)

    found = thing_modes(coverage, NEW_YEAR, policy)

    assert found.label(SiteKind.MANAGEMENT_AREA, held.pk) == "专业物业管理"
    assert found.label(SiteKind.COMPOUND, basic.pk) == "基础物业管理"
    assert found.label(SiteKind.BUILDING, block.pk) == "基础物业管理"
    assert found.label(SiteKind.COMPOUND, silent.pk) == "待核实"
    assert found.label(SiteKind.COURTYARD, 7) == "文件未规定"
    none = thing_modes(coverage, NEW_YEAR, load_policy("yangquan-2025"))
    assert none.label(SiteKind.COMPOUND, ready.pk) == "文件未规定"
