"""The status on maps says what the rates say, on any day and as known at any moment."""

import random
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from geo.frames.past import managing_tree
from geo.models import Compound, ConditionFact, Courtyard, ManagingArea, Member
from geo.words import AreaLevel, Condition, ProviderKind
from layers.coverage import Measure, covered
from layers.planning.read_ledger import coverage_ledger
from layers.sites import SiteKind
from maps.district_map.scope import ranges
from maps.district_map.served import buildings, compounds
from maps.district_map.then import statement
from maps.statuses import ServiceStatus
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    geos,
    management_area,
    provider,
    square,
)

pytestmark = pytest.mark.django_db
STATUS = statement(*compounds("true"), select="SELECT code, status FROM compound")
OF_BUILDINGS = statement(*buildings("true"), select="SELECT code, status FROM building")
TODAY, NOW = day(2026, 6, 1), at(2026, 6, 2)


@pytest.fixture
def city():
    return area("21", level=AreaLevel.CITY)


@pytest.fixture
def street(city):
    return area("2101", parent=city)


def statuses(sql=STATUS, *, area="21", valid=TODAY, known=NOW, plans=()):
    areas = list(managing_tree(area=area, known=known).inside())
    asked = {
        "areas": ranges(areas),
        "valid": valid,
        "known": known,
        "is_past": True,
        "plans": list(plans),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return dict(cursor.fetchall())


def told_by_rates(*, valid, known):
    """Return what the rates count each compound as: code → served by a firm, by somebody else."""
    ledger = coverage_ledger(valid=valid, known=known)
    held = covered(ledger, measure=Measure.ANY)
    firm, other = held["firm"][SiteKind.COMPOUND], held["other"][SiteKind.COMPOUND]
    exists = ledger.things[SiteKind.COMPOUND].exists
    return {(int(n), bool(firm[n]), bool(other[n])) for n in np.flatnonzero(exists)}


def test_a_compound_served_by_a_firm_is_in_service(street):
    covers(provider("甲物业"), compound("A", area=street), signed_on=day(2026))
    assert statuses() == {"A": ServiceStatus.IN_SERVICE}


def test_a_compound_served_by_its_owners_is_self_managed(street):
    owners = provider("业主自治", kind=ProviderKind.SELF_GOVERNING)
    covers(owners, compound("A", area=street), signed_on=day(2026))
    assert statuses() == {"A": ServiceStatus.SELF_MANAGED}


def test_a_contract_that_ended_tells_that_nobody_serves(street):
    covers(provider("甲"), compound("A", area=street), signed_on=day(2024), valid_to=day(2025))
    assert statuses() == {"A": ServiceStatus.UNMANAGED}


def test_a_finding_that_there_is_no_firm_tells_that_nobody_serves(street):
    ConditionFact.objects.create(
        compound=compound("A", area=street),
        key=Condition.HAS_FIRM,
        is_met=False,
        recorded_at=LONG_AGO,
    )
    assert statuses() == {"A": ServiceStatus.UNMANAGED}


def test_a_compound_of_which_nothing_is_said_is_unknown(street):
    compound("A", area=street)
    assert statuses() == {"A": ServiceStatus.UNKNOWN}


def test_a_contract_whose_service_begins_tomorrow_is_no_service_today(street):
    tomorrow = TODAY + timedelta(1)
    covers(
        provider("甲"),
        compound("A", area=street),
        signed_on=day(2026),
        in_service_from=tomorrow,
    )
    assert statuses() == {"A": ServiceStatus.UNMANAGED}
    assert statuses(valid=tomorrow) == {"A": ServiceStatus.IN_SERVICE}


def test_a_contract_of_the_management_area_reaches_its_members(street):
    members = [compound("A", area=street), compound("B", area=street)]
    covers(provider("甲"), management_area("M", members, area=street), signed_on=day(2026))
    assert statuses() == {"A": ServiceStatus.IN_SERVICE, "B": ServiceStatus.IN_SERVICE}


def test_a_compound_is_served_with_what_it_was_merged_into(street):
    whole = compound("A", area=street)
    part = compound("B", area=street, merged_into=compound("C", area=street, merged_into=whole))
    covers(provider("甲"), whole, signed_on=day(2026))
    assert statuses() == dict.fromkeys("ABC", ServiceStatus.IN_SERVICE)
    assert part.merged_into.merged_into == whole


def test_what_was_not_yet_known_does_not_count(street):
    covers(
        provider("甲"),
        compound("A", area=street),
        signed_on=day(2026),
        recorded_at=at(2026, 6, 3),
    )
    assert statuses() == {"A": ServiceStatus.UNKNOWN}
    assert statuses(known=at(2026, 6, 4)) == {"A": ServiceStatus.IN_SERVICE}


def test_a_contract_withdrawn_later_still_counts_as_known_before(street):
    item = covers(provider("甲"), compound("A", area=street), signed_on=day(2026))
    item.withdraw(reason="误录", now=at(2026, 7))
    assert statuses(known=at(2026, 6, 4)) == {"A": ServiceStatus.IN_SERVICE}
    assert statuses(known=at(2026, 7, 2)) == {"A": ServiceStatus.UNKNOWN}


def test_a_provider_that_was_found_to_be_no_firm_was_one_as_known_before(street):
    firm = provider("甲")
    covers(firm, compound("A", area=street), signed_on=day(2026))
    firm.kind, firm.changed_at = ProviderKind.NON_PROFIT, at(2026, 7)
    firm.save()
    assert statuses(known=at(2026, 6, 4)) == {"A": ServiceStatus.IN_SERVICE}
    assert statuses(known=at(2026, 7, 2)) == {"A": ServiceStatus.SELF_MANAGED}


def test_only_the_area_and_what_lies_below_is_told(city, street):
    beside = area("2102", parent=city)
    compound("A", area=street)
    compound("B", area=beside)
    compound("C", area=area("210101", level=AreaLevel.COMMUNITY, parent=street))
    assert sorted(statuses(area="2101")) == ["A", "C"]
    assert sorted(statuses()) == ["A", "B", "C"]


def test_a_compound_lies_where_it_was_known_to_lie(city, street):
    moved = compound("A", area=street)
    moved.area, moved.changed_at = area("2102", parent=city), at(2026, 7)
    moved.save()
    assert list(statuses(area="2101", known=at(2026, 6, 4))) == ["A"]
    assert list(statuses(area="2101", known=at(2026, 7, 2))) == []


def test_a_compound_that_is_gone_is_not_told(street):
    compound("A", area=street, valid_to=day(2026, 5, 31))
    assert statuses() == {}


def test_scattered_homes_are_told_apart_from_buildings_of_compounds_and_sheds(street):
    shape = geos(square())
    yard = Courtyard.objects.create(
        code="Y", name="院", area=street, recorded_at=LONG_AGO, changed_at=LONG_AGO
    )
    building("own", area=street, compound=compound("A", area=street), geometry=shape)
    building("shed", area=street, use="车库", geometry=shape)
    building("home", area=street, use="住宅", geometry=shape)
    served = building("served", area=street, households=12, geometry=shape)
    covers(provider("甲"), served, signed_on=day(2026))
    in_yard = building("in yard", area=street, courtyard=yard, geometry=shape)
    item = covers(provider("乙"), in_yard, signed_on=day(2026))
    item.withdraw(reason="改为整个院落", now=at(2026, 1, 2))
    held = building("held", area=street, geometry=shape)
    covers(provider("丙"), management_area("M", [held], area=street), signed_on=day(2026))
    assert statuses(OF_BUILDINGS) == {
        "own": None,
        "shed": None,
        "home": ServiceStatus.UNMANAGED,
        "served": ServiceStatus.IN_SERVICE,
        "in yard": None,
        "held": ServiceStatus.IN_SERVICE,
    }


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_on_record_maps_and_rates_agree(street, seed):
    dice = random.Random(seed)  # noqa: S311 (a made-up city)
    made_up_city(street, dice)
    for valid, known in ((TODAY, NOW), (day(2026, 3, 1), at(2026, 3, 2)), (TODAY, at(2026, 9, 1))):
        assert shown_as_rates_count(valid, known) == told_by_rates(valid=valid, known=known)


def shown_as_rates_count(valid, known):
    ledger = coverage_ledger(valid=valid, known=known)
    rows = statuses(valid=valid, known=known)
    codes = sorted(rows)
    everything = sorted(all_codes(known))
    assert len(everything) == len(ledger.things[SiteKind.COMPOUND].exists)
    return {
        (
            everything.index(code),
            rows[code] == ServiceStatus.IN_SERVICE,
            rows[code] == ServiceStatus.SELF_MANAGED,
        )
        for code in codes
    }


def all_codes(known):
    return Compound.objects.known_at(known).values_list("code", flat=True)


def made_up_city(street, dice):
    """Make compounds, areas, mergers and contracts at random, recorded and withdrawn at random."""
    # The sample city may be there too, where another test of this module asked for it before.
    held = Member.objects.count()
    firms = [provider("国有"), provider("自治", kind=ProviderKind.SELF_GOVERNING)]
    made = []
    for number in range(30):
        into = dice.choice(made) if made and dice.random() < 0.2 else None
        gone = day(2026, 5) if dice.random() < 0.1 else None
        made.append(compound(f"C{number:02}", area=street, merged_into=into, valid_to=gone))
    free = made.copy()
    dice.shuffle(free)
    areas = [management_area(f"M{n}", free[3 * n : 3 * n + 3], area=street) for n in range(5)]
    for number in range(25):
        begins = day(2026, dice.randint(1, 8))
        item = covers(
            dice.choice(firms),
            dice.choice([*made, *areas]),
            signed_on=begins,
            in_service_from=dice.choice([None, begins, begins + timedelta(60)]),
            valid_to=dice.choice([None, begins + timedelta(90)]),
            recorded_at=at(2026, dice.randint(1, 8)),
            document=str(number),
        )
        if dice.random() < 0.2:
            item.withdraw(reason="更正", now=at(2026, dice.randint(8, 12)))
    assert Member.objects.count() == held + 15


@pytest.mark.usefixtures("hamlet")
def test_in_the_sample_city_maps_and_rates_agree():
    known = timezone.now()
    valid = timezone.localdate()
    top = ManagingArea.objects.get(level=AreaLevel.CITY).code
    ledger = coverage_ledger(valid=valid, known=known)
    firm = covered(ledger, measure=Measure.FIRM)["firm"][SiteKind.COMPOUND]
    other = covered(ledger, measure=Measure.ANY)["other"][SiteKind.COMPOUND]
    told = list(statuses(area=top, valid=valid, known=known).values())
    assert told.count(ServiceStatus.IN_SERVICE) == firm.sum()
    assert told.count(ServiceStatus.SELF_MANAGED) == other.sum()
