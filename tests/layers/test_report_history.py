"""Rates from the timeline are those of the ledger, whatever day and knowledge; kept while true."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from geo.models import BaseList, BaseRow, Compound, ImportBatch, Member, OwnersDecision
from geo.words import AreaLevel
from layers.coverage import NOWHERE, Measure, Step, Unit
from layers.planning.read_version import data_version
from layers.planning.report_coverage import report_coverage
from layers.planning.report_history import coverage_known
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

KINDS = ["state", "private", "non_profit", "self_governing"]
DAYS = st.integers(0, 6).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
MOMENTS = st.integers(1, 6).map(lambda n: at(2025, 1, 1, n))
MAYBE_DAY = st.none() | DAYS
COUNT = st.none() | st.integers(1, 9)


def span(draw: Any) -> dict[str, date | None]:
    first, last = draw(MAYBE_DAY), draw(MAYBE_DAY)
    if first and last and first > last:
        first, last = last, first
    return {"valid_from": first, "valid_to": last}


@st.composite
def cities(draw: Any) -> None:
    """Make a small city of rows, some of which were put right later."""
    top = area("1", level=AreaLevel.CITY)
    parts = [area(f"1{n}", level=AreaLevel.DISTRICT, parent=top) for n in range(2)]
    firms = [provider(f"firm {kind}", kind=kind) for kind in KINDS]
    made: list[Any] = []
    for n in range(draw(st.integers(1, 4))):
        into = draw(st.sampled_from([None, *made]))
        made.append(
            compound(
                f"C{n}",
                area=draw(st.sampled_from([None, *parts])),
                merged_into=into,
                households=draw(COUNT),
                old_list=draw(st.sampled_from([None, False, True])),
                **span(draw),
            )
        )
    houses = [
        building(
            f"B{n}",
            area=draw(st.sampled_from([None, *parts])),
            compound=draw(st.sampled_from([None, *made])),
            households=draw(COUNT),
            floor_area_m2=draw(COUNT),
            use=draw(st.sampled_from(["", "住宅", "商业"])),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    members = [each for each in [*made, *houses] if draw(st.booleans())]
    held = [
        management_area("M0", members[::2], area=parts[0]),
        management_area("M1", members[1::2]),
    ]
    for number in range(draw(st.integers(0, 4))):
        item = covers(
            draw(st.sampled_from(firms)),
            draw(st.sampled_from([*made, *houses, *held])),
            recorded_at=draw(MOMENTS),
            document=str(number),
        )
        signed_on = draw(MAYBE_DAY)
        if draw(st.booleans()):
            item.correct(
                reason="later",
                now=at(2025, 1, 1, 8),
                valid_from=signed_on,
                signed_on=signed_on,
                in_service_from=signed_on and draw(st.sampled_from([None, signed_on])),
            )
    if draw(st.booleans()):
        base = BaseList.objects.create(name="list", unit="compound", frozen_on=draw(DAYS))
        for one in made[::2]:
            BaseRow.objects.create(base_list=base, compound=one, recorded_at=LONG_AGO, **span(draw))
    if draw(st.booleans()):
        made[0].households, made[0].changed_at = draw(COUNT), at(2025, 1, 1, 7)
        made[0].save()


class Agreement(TestCase):
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(data=st.data(), on=DAYS, known=MOMENTS | st.just(None))
    def test_rates_are_those_of_the_ledger(
        self, data: Any, on: date, known: datetime | None
    ) -> None:
        data.draw(cities())
        coverage = coverage_known(known)
        report = report_coverage(area=None, valid=on, known=known or timezone.now())
        for wanted in report.area.rates:
            rates = coverage.rates(on, wanted.measure, wanted.unit)
            assert rates.of(NOWHERE) == wanted
            for below in report.below:
                told = below.rate(wanted.measure, wanted.unit)
                assert rates.of(coverage.position(below.code)) == told


pytestmark = pytest.mark.django_db
ON = day(2025, 6)


def firm(code="D", *, known=None, on=ON):
    coverage = coverage_known(known)
    return coverage.rates(on, Measure.FIRM, Unit.COMPOUND).of(coverage.position(code)).covered


@pytest.fixture
def district():
    return area("D", level=AreaLevel.DISTRICT)


def test_what_is_recorded_changes_the_next_answer(district):
    first, second = (compound(code, area=district) for code in ("C1", "C2"))
    assert firm() == 0
    item = covers(provider("甲物业"), first)
    assert firm() == 1
    covers(provider("乙物业"), second)
    assert firm() == 2
    item.withdraw(reason="never so")
    assert firm() == 1
    Compound.objects.filter(pk=second.pk).update(area=None)
    assert firm() == 0


def test_what_was_known_before_stays(district):
    covers(provider("甲物业"), compound("C1", area=district), recorded_at=at(2025, 3))
    assert (firm(known=at(2025, 2)), firm(known=at(2025, 4))) == (0, 1)


def test_while_nothing_changes_the_answer_is_kept(district, django_assert_num_queries):
    covers(provider("甲物业"), compound("C1", area=district))
    firm()
    with django_assert_num_queries(1):
        firm()


def test_the_version_moves_with_every_kind_of_row(district):
    seen = {data_version()}
    mine = compound("C1", area=district)
    seen.add(data_version())
    held = management_area("M1", [mine])
    seen.add(data_version())
    OwnersDecision.objects.create(management_area=held, recorded_at=LONG_AGO)
    seen.add(data_version())
    mine.name = "new"
    mine.save()
    seen.add(data_version())
    assert len(seen) == 5


def test_the_version_moves_when_one_who_writes_is_done():
    """What is committed late may be numbered before what was there already."""
    before = data_version()
    with another_connection() as other:
        other.execute("LOCK TABLE geo_member IN ROW EXCLUSIVE MODE")
        assert data_version() != before
        assert data_version().of(Member) != before.of(Member)
        assert data_version().of(Compound) == before.of(Compound)
    assert data_version() == before


def another_connection():
    asked = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{key: asked[key] for key in wanted if key in asked})


def test_an_area_that_was_not_known_yet_stands_nowhere():
    assert coverage_known(None).position("nothing") == NOWHERE


def test_samples_are_told_of_the_areas_that_hold_them(district):
    other = area("E", level=AreaLevel.DISTRICT)
    batch = ImportBatch.objects.create(
        kind="compound", file_name="c.csv", sha256="0" * 64, is_sample=True
    )
    compound("C1", area=district, batch=batch)
    coverage = coverage_known(None)
    assert coverage.holds_samples(coverage.position("D"))
    assert not coverage.holds_samples(coverage.position(other.code))


def test_each_step_is_told_apart(district):
    names = ("nobody", "decided", "signed", "filed", "entered")
    made = {name: compound(name, area=district) for name in names}
    held = management_area("M1", [made["decided"]])
    OwnersDecision.objects.create(
        management_area=held, valid_from=day(2025, 5), recorded_at=LONG_AGO
    )
    who, signed = provider("甲物业"), day(2025, 3)
    covers(who, made["signed"], signed_on=signed, in_service_from=day(2025, 9))
    covers(who, made["filed"], signed_on=signed, filed_on=day(2025, 4))
    covers(who, made["entered"], signed_on=signed, in_service_from=day(2025, 4))
    coverage = coverage_known(None)
    steps = coverage.steps(ON)
    codes = dict(Compound.objects.values_list("pk", "code"))
    ids = coverage.timeline.things[SiteKind.COMPOUND].ids
    told = {
        step: {codes[pk] for pk in ids[flags & steps.exists].tolist()}
        for step, flags in steps.taken.items()
    }
    assert told == {
        Step.UNSERVED: {"nobody", "decided", "signed"},
        Step.DECIDED: {"decided"},
        Step.SIGNED: {"signed", "filed", "entered"},
        Step.FILED: {"filed"},
        Step.IN_SERVICE: {"entered"},
    }
