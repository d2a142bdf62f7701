"""Dalian's own milestones, on its own list, on three days, and as known before a correction."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from geo.models import BaseList, BaseRow
from geo.words import AreaLevel, BaseUnit
from layers.coverage.milestones import Standing
from layers.planning.report_history import coverage_known
from layers.planning.report_milestones import report_milestones
from layers.policy import load_policy
from tests.rows import area, at, compound, covers, provider

pytestmark = pytest.mark.django_db

BASE = "无人管理老旧住宅小区"
LONG_BEFORE = at(2018, 1, 1)


@pytest.fixture
def dalian():
    """Ten compounds of the list in two inner districts; seven are taken over by 2019, all later."""
    city = area("2102", level=AreaLevel.CITY, name="大连市")
    districts = [
        area(code, level=AreaLevel.DISTRICT, parent=city, name=name)
        for code, name in (("210202", "中山区"), ("210203", "西岗区"), ("210212", "旅顺口区"))
    ]
    listed = [compound(f"C{n}", area=districts[n % 2]) for n in range(10)]
    base = BaseList.objects.create(
        name=BASE, unit=BaseUnit.COMPOUND, document="大物管〔2018〕9号", frozen_on=date(2019, 1, 31)
    )
    BaseRow.objects.bulk_create(
        BaseRow(base_list=base, compound=each, recorded_at=LONG_BEFORE) for each in listed
    )
    firm = provider("滨城国有物业")
    entered = [date(2019, 11, 1)] * 7 + [date(2020, 12, 1)] * 2 + [date(2021, 2, 15)]
    items = [
        covers(firm, each, signed_on=day, recorded_at=LONG_BEFORE, valid_from=day)
        for each, day in zip(listed, entered, strict=True)
    ]
    compound("NEW", area=districts[0])
    return listed, items


def told(on, *, code="2102", known=None):
    """Return the milestones that name a number: standing, covered, wanted and days late."""
    reports = report_milestones(coverage_known(known), code, load_policy("dalian-2018"), on=on)
    return {
        (report.milestone.by.year, report.milestone.share): (
            str(report.whole.standing),
            report.whole.covered,
            report.whole.wanted,
            report.whole.days_late,
        )
        for report in reports
        if report.milestone.share is not None
    }


@pytest.mark.usefixtures("dalian")
def test_on_three_days_each_milestone_stands_as_counted_by_hand():
    assert told(date(2019, 10, 31)) == {
        (2019, 0.6): ("behind", 0, 6, 0),
        (2020, 1.0): ("behind", 0, 10, 0),
    }
    assert told(date(2019, 12, 31)) == {
        (2019, 0.6): ("reached", 7, 6, 0),
        (2020, 1.0): ("on_track", 7, 10, 0),
    }
    assert told(date(2021, 1, 31)) == {
        (2019, 0.6): ("reached", 9, 6, 0),
        (2020, 1.0): ("missed", 9, 10, 31),
    }


@pytest.mark.usefixtures("dalian")
def test_what_came_late_is_told_with_its_day():
    policy = load_policy("dalian-2018")
    found = report_milestones(coverage_known(None), "2102", policy, on=date(2021, 6, 1))
    (last,) = [each for each in found if each.milestone.share == 1.0]
    assert last.whole.standing == Standing.REACHED_LATE
    assert last.whole.reached_on == date(2021, 2, 15)
    assert last.is_ended
    assert [(each.name, each.progress.covered) for each in last.areas] == [
        ("中山区", 5),
        ("西岗区", 5),
    ]


@pytest.mark.usefixtures("dalian")
def test_others_and_inner_districts_are_asked_for_what_names_them():
    by_area = {
        code: {each.milestone.target for each in _meant(code)} for code in ("210202", "210212")
    }
    assert by_area["210202"] >= {"完成试点工作"}
    assert by_area["210212"] == {"开展试点工作", "逐步开展相关工作"}


def _meant(code):
    policy = load_policy("dalian-2018")
    found = report_milestones(coverage_known(None), code, policy, on=date(2020, 1, 1))
    return [each for each in found if each.areas]


def test_a_merger_and_a_later_correction_leave_what_was_known_as_it_was(dalian):
    listed, items = dalian
    before = timezone.now()
    told_then = told(date(2019, 12, 31), known=before)
    items[0].end(on=date(2019, 12, 1), reason="核实：已提前终止")
    items[1].end(on=date(2019, 12, 1), reason="核实：已提前终止")
    listed[9].merged_into = listed[8]
    listed[9].save()
    assert told(date(2019, 12, 31)) == {
        (2019, 0.6): ("missed", 5, 6, 0),
        (2020, 1.0): ("behind", 5, 10, 0),
    }
    assert told(date(2019, 12, 31), known=before) == told_then


def test_without_its_list_a_milestone_is_not_counted_on_another():
    city = area("2102", level=AreaLevel.CITY, name="大连市")
    inner = area("210202", level=AreaLevel.DISTRICT, parent=city, name="中山区")
    compound("C1", area=inner)
    assert told(date(2020, 1, 1))[2019, 0.6][0] == Standing.WITHOUT_BASE
    assert timezone.localdate() - date(2018, 1, 1) > timedelta(0)
