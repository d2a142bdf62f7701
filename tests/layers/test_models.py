"""A plan's promises are kept by the database: each site in one zone, of its own plan."""

import pytest
from django.db import IntegrityError, connection, transaction

from layers.models import (
    Assignment,
    NeighbourLink,
    Plan,
    PlanSite,
    PlanStatus,
    Refusal,
    Zone,
)
from tests.rows import area, at, building, compound, day, provider

pytestmark = pytest.mark.django_db


def plan(**values):
    row = {"version": 1, "policy": "default", "seed": 7, "valid_on": day(2026)}
    row |= {"known_at": at(2026), "plan_hash": "0" * 64}
    row = row | values
    row.setdefault("area", None)
    return Plan.objects.create(**row | {"area": row["area"] or area("1", name="西岗区")})


def site(of, code="C1", zone=None, **values):
    row = {"kind": "compound", "compound": values.pop("compound", None) or compound(code)}
    return PlanSite.objects.create(plan=of, site=code, zone=zone, **row | values)


def check_deferred():
    """Have the references checked that wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@transaction.atomic
def store(make):
    make()
    check_deferred()


def test_a_zone_is_called_by_its_number():
    assert str(Zone.objects.create(plan=plan(), number=7)) == "7号片区"


def test_a_plan_is_called_by_area_and_version():
    assert str(plan()) == "西岗区 v1"


def test_a_version_of_an_areas_plan_exists_once():
    first = plan()
    with pytest.raises(IntegrityError, match="plan_version_once"), transaction.atomic():
        plan(area=first.area)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        pytest.param({"status": "done"}, "plan_status_known", id="unknown status"),
        pytest.param(
            {"status": PlanStatus.APPROVED}, "plan_decided_by_document", id="approved by nothing"
        ),
        pytest.param(
            {"status": PlanStatus.PUBLISHED, "document": "西政1号"},
            "plan_notice_dated",
            id="published at no time",
        ),
        pytest.param(
            {
                "status": PlanStatus.PUBLISHED,
                "document": "西政1号",
                "notice_from": day(2026, 2),
                "notice_to": day(2026),
            },
            "plan_notice_dated",
            id="published backwards",
        ),
        pytest.param({"plan_hash": "abc"}, "plan_hash_is_one", id="no hash"),
        pytest.param({"gap_percent": -1.0}, "plan_gap_not_negative", id="a negative gap"),
    ],
)
def test_a_plan_is_refused_with(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        plan(**values)


def test_a_site_is_in_a_plan_once():
    one = plan()
    made = site(one)
    with pytest.raises(IntegrityError, match="plansite_in_a_plan_once"), transaction.atomic():
        site(one, compound=made.compound)


def test_a_zone_of_another_plan_is_refused():
    one = plan()
    other = Zone.objects.create(plan=plan(area=one.area, version=2), number=1)
    with pytest.raises(IntegrityError, match="plansite_zone_of_its_plan"):
        store(lambda: site(one, zone=other))


def test_a_site_refers_to_the_thing_that_its_kind_names():
    one = plan()
    with (
        pytest.raises(IntegrityError, match="plansite_kind_names_the_thing"),
        transaction.atomic(),
    ):
        site(one, building=building("B1"))


def test_a_zones_number_exists_once_in_a_plan():
    zone = Zone.objects.create(plan=plan(), number=1)
    with pytest.raises(IntegrityError, match="zone_number_once"), transaction.atomic():
        Zone.objects.create(plan=zone.plan, number=1)


def link(of, a="C1", b="C2", **values):
    row = {"gap_m": 20.0, "cost_m": 20.0, "kind": "near", "is_open": True}
    return NeighbourLink.objects.create(plan=of, a=a, b=b, **row | values)


def test_a_link_joins_two_sites_of_its_plan():
    one = plan()
    site(one, "C1")
    with pytest.raises(IntegrityError, match="neighbourlink_b_in_its_plan"):
        store(lambda: link(one))


def test_a_link_is_told_once_and_in_order():
    one = plan()
    with pytest.raises(IntegrityError, match="neighbourlink_in_order"), transaction.atomic():
        link(one, "C2", "C1")


def test_a_link_costs_at_least_its_gap():
    one = plan()
    with (
        pytest.raises(IntegrityError, match="neighbourlink_lengths_not_negative"),
        transaction.atomic(),
    ):
        link(one, cost_m=10.0)


def test_one_provider_is_proposed_for_a_zone():
    zone = Zone.objects.create(plan=plan(), number=1)
    Assignment.objects.create(zone=zone, provider=provider("甲物业"))
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        Assignment.objects.create(zone=zone, provider=provider("乙物业"))


def test_the_same_reasons_are_said_once_of_a_zone_and_of_somebody():
    zone = Zone.objects.create(plan=plan(), number=1)
    said = {"zone": zone, "keys": ["provider.not_company"], "shared": [{}]}
    Refusal.objects.create(**said, providers=[provider("甲物业").pk])
    for providers, constraint in (([7], "refusal_said_once"), ([], "refusal_of_some_provider")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Refusal.objects.create(**said, providers=providers)


def test_a_draft_is_deleted_with_all_that_hangs_on_it():
    one = plan()
    zone = Zone.objects.create(plan=one, number=1)
    for code in ("C1", "C2"):
        site(one, code, zone=zone)
    link(one)
    one.delete()
    check_deferred()
    left = (Zone, PlanSite, NeighbourLink)
    assert [model.objects.count() for model in left] == [0, 0, 0]
