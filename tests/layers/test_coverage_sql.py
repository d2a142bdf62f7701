"""Rates of random small cities agree with statements written by hand, on any day and as known."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from geo.models import (
    BaseList,
    BaseRow,
    Building,
    Committee,
    Compound,
    Contract,
    ContractItem,
    ManagementArea,
    Member,
)
from geo.words import AreaLevel
from layers.coverage import Measure, Unit
from layers.planning.report_coverage import report_coverage
from tests.rows import SHANGHAI, area, building, compound, management_area, provider

KINDS = ["state", "private", "non_profit", "self_governing", "other"]
DAYS = st.integers(0, 6).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
MOMENTS = st.integers(0, 6).map(lambda n: datetime(2025, 1, 1, n, tzinfo=SHANGHAI))
MAYBE_DAY = st.none() | DAYS
FEW = st.integers(0, 5)
COUNT = st.none() | st.integers(1, 9)


class City(NamedTuple):
    areas: list[Any]
    compounds: list[Any]
    held: list[Any]
    buildings: list[Any]


GROUND = """
WITH RECURSIVE
asked AS (
    SELECT id FROM geo_managingarea WHERE code = %(area)s
    UNION SELECT a.id FROM geo_managingarea a JOIN asked ON a.parent_id = asked.id
),
compounds AS (
    SELECT id, area_id, merged_into_id, households, floor_area_m2, old_list, valid_from, valid_to
    FROM geo_compound WHERE changed_at <= %(known)s
    UNION ALL
    SELECT object_id, (before->>'area_id')::bigint, (before->>'merged_into_id')::bigint,
           (before->>'households')::int, (before->>'floor_area_m2')::float,
           (before->>'old_list')::bool, (before->>'valid_from')::date, (before->>'valid_to')::date
    FROM geo_revision WHERE "table" = 'geo_compound'
        AND recorded_at <= %(known)s AND superseded_at > %(known)s
),
living AS (
    SELECT * FROM compounds
    WHERE coalesce(valid_from, '-infinity') <= %(on)s AND coalesce(valid_to, 'infinity') >= %(on)s
),
standing AS (SELECT * FROM geo_building),
member AS (
    SELECT management_area_id AS held, compound_id, building_id FROM geo_member
    WHERE coalesce(valid_from, '-infinity') <= %(on)s AND coalesce(valid_to, 'infinity') >= %(on)s
        AND recorded_at <= %(known)s AND coalesce(superseded_at, 'infinity') > %(known)s
),
item AS (
    SELECT i.*, p.kind FROM geo_contractitem i
    JOIN geo_contract c ON c.id = i.contract_id JOIN geo_provider p ON p.id = c.provider_id
    WHERE coalesce(i.valid_from, '-infinity') <= %(on)s
        AND coalesce(i.valid_to, 'infinity') >= %(on)s
        AND i.recorded_at <= %(known)s AND coalesce(i.superseded_at, 'infinity') > %(known)s
),
committee AS (
    SELECT *, NULL::bigint AS building_id FROM geo_committee
    WHERE coalesce(valid_from, '-infinity') <= %(on)s AND coalesce(valid_to, 'infinity') >= %(on)s
        AND recorded_at <= %(known)s AND coalesce(superseded_at, 'infinity') > %(known)s
),
said AS (SELECT management_area_id, compound_id, building_id FROM {said}),
served_compound AS (
    SELECT compound_id AS id FROM said WHERE compound_id IS NOT NULL
    UNION SELECT compound_id FROM member
        WHERE compound_id IS NOT NULL AND held IN (SELECT management_area_id FROM said)
    UNION SELECT c.id FROM compounds c JOIN served_compound s ON c.merged_into_id = s.id
),
served_building AS (
    SELECT building_id AS id FROM said WHERE building_id IS NOT NULL
    UNION SELECT building_id FROM member
        WHERE building_id IS NOT NULL AND held IN (SELECT management_area_id FROM said)
    UNION SELECT b.id FROM standing b JOIN served_compound s ON s.id = b.compound_id
),
missing AS (
    SELECT held FROM member JOIN living ON living.id = compound_id
        WHERE compound_id NOT IN (SELECT id FROM served_compound)
    UNION SELECT held FROM member JOIN standing ON standing.id = building_id
        WHERE building_id NOT IN (SELECT id FROM served_building)
),
peopled AS (
    SELECT held FROM member JOIN living ON living.id = compound_id
    UNION SELECT held FROM member JOIN standing ON standing.id = building_id
),
served_area AS (
    SELECT management_area_id AS id FROM said WHERE management_area_id IS NOT NULL
    UNION SELECT held FROM peopled WHERE held NOT IN (SELECT held FROM missing)
),
base AS (
    SELECT r.compound_id FROM geo_baserow r WHERE r.recorded_at <= %(known)s
        AND coalesce(r.superseded_at, 'infinity') > %(known)s
        AND r.base_list_id = (SELECT l.id FROM geo_baselist l WHERE l.frozen_on <= %(on)s AND EXISTS
            (SELECT 1 FROM geo_baserow r WHERE r.base_list_id = l.id
                AND r.recorded_at <= %(known)s
                AND coalesce(r.superseded_at, 'infinity') > %(known)s)
            ORDER BY l.frozen_on DESC, l.name LIMIT 1)
),
homes AS (
    SELECT c.area_id, c.id IN (SELECT id FROM served_compound) AS is_served,
        coalesce(c.households, (SELECT CASE WHEN count(*) = count(households)
            THEN sum(households) END FROM standing b WHERE b.compound_id = c.id)) AS households,
        coalesce(c.floor_area_m2, (SELECT CASE WHEN count(*) = count(floor_area_m2)
            THEN sum(floor_area_m2) END FROM standing b WHERE b.compound_id = c.id)) AS floor_area
    FROM living c
    UNION ALL
    SELECT b.area_id, b.id IN (SELECT id FROM served_building), b.households, b.floor_area_m2
    FROM standing b WHERE b.compound_id IS NULL AND (b.use LIKE '%%住%%' OR b.households > 0
        OR b.id IN (SELECT building_id FROM member))
)
"""

SAID = {
    Measure.FIRM: "item WHERE kind IN ('state', 'private', 'subdistrict', 'joint')"
    " AND (in_service_from IS NULL OR in_service_from <= %(on)s)",
    Measure.ANY: "item WHERE in_service_from IS NULL OR in_service_from <= %(on)s",
    Measure.SIGNED: "item WHERE signed_on <= %(on)s",
    Measure.IN_SERVICE: "item WHERE in_service_from <= %(on)s"
    " OR (in_service_from IS NULL AND signed_on IS NULL)",
    Measure.COMMITTEE: "committee WHERE kind IN ('owners_committee', 'management_committee')",
}

COUNTED = {
    Unit.COMPOUND: """
        SELECT count(*) FILTER (WHERE id IN (SELECT id FROM served_compound)), count(*), 0
        FROM compounds WHERE CASE WHEN EXISTS (SELECT 1 FROM base)
            THEN id IN (SELECT compound_id FROM base) ELSE id IN (SELECT id FROM living) END""",
    Unit.MANAGEMENT_AREA: """
        SELECT count(*) FILTER (WHERE id IN (SELECT id FROM served_area)), count(*), 0
        FROM geo_managementarea WHERE true""",
    Unit.BUILDING: """
        SELECT count(*) FILTER (WHERE id IN (SELECT id FROM served_building)), count(*), 0
        FROM standing WHERE true""",
    Unit.HOUSEHOLD: """
        SELECT coalesce(sum(households) FILTER (WHERE is_served), 0), coalesce(sum(households), 0),
            count(*) FILTER (WHERE households IS NULL) FROM homes WHERE true""",
    Unit.FLOOR_AREA: """
        SELECT coalesce(sum(floor_area) FILTER (WHERE is_served), 0), coalesce(sum(floor_area), 0),
            count(*) FILTER (WHERE floor_area IS NULL) FROM homes WHERE true""",
}


def by_hand(measure, unit, asked):
    inside = " AND (%(area)s::text IS NULL OR area_id IN (SELECT id FROM asked))"
    statement = GROUND.replace("{said}", SAID[measure]) + COUNTED[unit] + inside
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return tuple(float(number) for number in cursor.fetchone())


def some(draw, things):
    return draw(st.sampled_from(things))


def draw_ground(draw):
    district = area("D1", level=AreaLevel.DISTRICT)
    areas = [None, district, area("S1", parent=district)]
    compounds = []
    for n in range(draw(st.integers(1, 5))):
        begins, ends = sorted((draw(DAYS), draw(DAYS)))
        compounds.append(
            compound(
                f"C{n}",
                area=some(draw, areas),
                households=draw(COUNT),
                floor_area_m2=draw(COUNT),
                valid_from=some(draw, [None, begins]),
                valid_to=some(draw, [None, ends]),
                merged_into=some(draw, [None, *compounds]),
            )
        )
    held = [
        management_area(f"M{n}", area=some(draw, areas)) for n in range(draw(st.integers(0, 3)))
    ]
    buildings = [
        building(
            f"B{n}",
            area=some(draw, areas),
            compound=some(draw, [None, *compounds]),
            use=some(draw, ["", "住宅", "学校"]),
            households=draw(COUNT),
            floor_area_m2=draw(COUNT),
        )
        for n in range(draw(FEW))
    ]
    return City(areas, compounds, held, buildings)


def draw_members(draw, city):
    for thing in [*city.compounds, *city.buildings] if city.held else []:
        if draw(st.booleans()):
            kind = "compound" if isinstance(thing, Compound) else "building"
            begins, ends = sorted((draw(DAYS), draw(DAYS)))
            fact = Member.objects.create(
                management_area=some(draw, city.held),
                valid_from=some(draw, [None, begins]),
                valid_to=some(draw, [None, ends]),
                recorded_at=draw(MOMENTS),
                **{kind: thing},
            )
            draw_corrections(draw, fact, management_area=some(draw, city.held))


def draw_contracts(draw, city):
    for n in range(draw(FEW)):
        steps = {"signed_on": draw(MAYBE_DAY), "in_service_from": draw(MAYBE_DAY)}
        first = min((step for step in steps.values() if step), default=draw(MAYBE_DAY))
        thing = some(draw, [*city.compounds, *city.held, *city.buildings])
        fact = ContractItem.objects.create(
            contract=Contract.objects.create(provider=provider(f"P{n}", kind=some(draw, KINDS))),
            valid_from=first,
            recorded_at=draw(MOMENTS),
            **steps,
            **{COVERED_BY[type(thing)]: thing},
        )
        draw_corrections(draw, fact, valid_to=date(2024, 1, 7))


COVERED_BY = {Compound: "compound", ManagementArea: "management_area", Building: "building"}


def draw_committees(draw, city):
    for thing in [*city.compounds, *city.held]:
        kind = some(draw, [None, "owners_committee", "management_committee", "none"])
        if kind:
            fact = Committee.objects.create(
                kind=kind, recorded_at=draw(MOMENTS), **{COVERED_BY[type(thing)]: thing}
            )
            draw_corrections(draw, fact, kind=some(draw, ["none", "owners_committee"]))


def draw_corrections(draw, fact, **changes):
    """End, change or withdraw the fact, once or twice, at moments after it was recorded."""
    for _ in range(draw(st.integers(0, 2))):
        now = fact.recorded_at + timedelta(hours=draw(st.integers(0, 3)))
        last = max((d for d in (fact.valid_from, *steps_of(fact)) if d), default=date(2024, 1, 3))
        act = some(draw, ["end", "change", "withdraw"])
        if act == "end":
            fact = fact.end(on=max(last, draw(DAYS)), reason="到期", now=now)
        elif act == "change" and not fact.valid_to:
            fact = fact.correct(reason="录错", now=now, **changes)
        elif act == "withdraw":
            fact.withdraw(reason="录错", now=now)
            return


def steps_of(fact):
    return [getattr(fact, name, None) for name in ("signed_on", "in_service_from")]


def draw_bases(draw, city):
    for n in range(draw(st.integers(0, 2))):
        base = BaseList.objects.create(name=f"底数{n}", unit="compound", frozen_on=draw(DAYS))
        for one in city.compounds:
            if draw(st.booleans()):
                fact = BaseRow.objects.create(
                    base_list=base, compound=one, recorded_at=draw(MOMENTS)
                )
                if draw(st.booleans()):
                    later = fact.recorded_at + timedelta(hours=draw(st.integers(0, 3)))
                    fact.withdraw(reason="重复", now=later)


def draw_changes(draw, city):
    for one in city.compounds:
        if draw(st.booleans()):
            Compound.objects.filter(pk=one.pk).update(
                households=draw(COUNT),
                area=some(draw, city.areas),
                merged_into=some(draw, [None, one.merged_into]),
                valid_to=None,
                changed_at=draw(MOMENTS),
            )


class RatesByHand(TestCase):
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data(), DAYS, MOMENTS, st.sampled_from([None, "D1", "S1"]))
    def test_rates_agree_with_statements_written_by_hand(self, data, on, known, code):
        city = draw_ground(data.draw)
        for draw_facts in (draw_members, draw_contracts, draw_committees, draw_bases, draw_changes):
            draw_facts(data.draw, city)
        report = report_coverage(area=code, valid=on, known=known).area
        asked = {"area": code, "on": on, "known": known}
        for measure in SAID:
            for unit in Unit:
                rate = report.rate(measure, unit)
                told = (rate.covered, rate.total, rate.unknown)
                assert told == by_hand(measure, unit, asked), (measure, unit)
