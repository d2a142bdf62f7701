"""Rows are called by what they say, so that lists of them can be read."""

import pytest
import shapely

from geo.models import (
    Ban,
    Base,
    BaseList,
    BaseRow,
    Committee,
    Compound,
    ConditionFact,
    Exit,
    Grade,
    Member,
    OwnersDecision,
    Role,
    ServiceArea,
)
from geo.models.registered import KeepHistory, Revision
from layers.models import Assignment, NeighbourLink, PlanSite, Refusal, Zone
from tests.rows import area, compound, covers, day, geos, management_area, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def named():
    """One row of each kind, with what it is called."""
    one, held, who = compound("C1", name="滨河院"), management_area("M1"), provider("甲物业")
    where = area("1", name="西岗区")
    base = BaseList(name="建成区小区")
    item = covers(who, one, document="合同1号")
    return [
        (Member(management_area=held, compound=one), "M1 ← 滨河院"),
        (ConditionFact(compound=one, key="fund"), "滨河院 专项维修资金到位"),
        (item, "甲物业 合同1号 → 滨河院"),
        (
            OwnersDecision(management_area=held, way="assembly", valid_from=day(2024)),
            "M1 业主大会 2024-01-01",
        ),
        (Committee(compound=one, kind="owners_committee"), "滨河院 业主委员会"),
        (Grade(provider=who, grade="A"), "甲物业 A"),
        (Base(provider=who, geometry=geos(shapely.Point(121.6, 38.9))), "甲物业"),
        (ServiceArea(provider=who, area=where), "甲物业 西岗区"),
        (Ban(provider=who, area=where), "甲物业 西岗区"),
        (Exit(contract=item.contract, reason="walked_away"), "甲物业 合同1号 擅自退出"),
        (Role(provider=who, role="backstop"), "甲物业 兜底"),
        (base, "建成区小区"),
        (BaseRow(base_list=base, compound=one), "建成区小区：滨河院"),
        (PlanSite(site="C1", name="滨河院"), "滨河院"),
        (NeighbourLink(a="C1", b="C2"), "C1 – C2"),
        (Assignment(zone=Zone(number=7), provider=who), "7号片区 → 甲物业"),
        (Refusal(zone=Zone(number=7), providers=[1, 2]), "7号片区 ↛ 2"),
    ]


def test_rows_are_called_by_what_they_say(named):
    assert [str(row) for row, _ in named] == [name for _, name in named]


def test_a_revision_is_called_by_code_and_moment():
    compound("C1", households=420)
    Compound.objects.update(households=430)
    assert str(Revision.objects.get()).startswith("geo_compound C1 20")


def test_history_keeps_every_geometry_of_a_thing():
    body = KeepHistory(name="keep_history").get_func(Compound)
    assert all(f"ST_AsBinary(OLD.{column})" in body for column in ("geometry", "point"))
