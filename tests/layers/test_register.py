from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind
from layers.assignment import no_providers
from layers.assignment.providers import Backstop
from layers.derived import derive_sites
from layers.ground import Ground
from layers.policy import load_policy
from layers.register import register_of, within_call
from tests.layers.grounds import METRIC_SRID, area, ground_of, rows_of
from tests.layers.towns import town

DAY = date(2026, 6, 1)
WEST, EAST = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
AREAS = (
    area(WEST, name="西街道", code="D1"),
    area(EAST, name="东街道", code="D2"),
    area(WEST, name="示例市", code="D", level="city"),
)


def registered(*providers, bans=(), roles=(), elsewhere=None, **columns):
    """The register of a place with two subdistricts and compounds A and B."""
    ground: Ground = replace(
        ground_of("A B", **columns),
        areas=rows_of(Kind.AREA, *AREAS),
        providers=rows_of(Kind.PROVIDER, *providers),
        bans=rows_of(Kind.BAN, *bans),
        roles=rows_of(Kind.ROLE, *roles),
        elsewhere=elsewhere or {},
    )
    sites = derive_sites(ground, policy=load_policy("default"), on_date=DAY, srid=METRIC_SRID)
    return register_of(ground, sites.frame, srid=METRIC_SRID)


def faults_of(*providers, **rows) -> list[str]:
    with pytest.raises(InputError) as error:
        registered(*providers, **rows)
    return error.value.report().splitlines()


def test_providers_are_known_by_name_in_order_of_name():
    register = registered({"name": "乙", "kind": "state", "grade": "B"}, {"name": "丙"})
    assert register.ids.tolist() == ["丙", "乙"]
    assert (register.kinds.tolist(), register.grades.tolist()) == (["", "state"], ["", "B"])


def test_what_is_not_known_of_a_provider_is_nan():
    register = registered({"name": "甲", "capacity_m2": 5_000.0})
    assert register.capacity_m2.tolist() == [5_000]
    assert np.isnan([*register.capacity_households, *register.base[0]]).all()


def test_bases_are_in_the_metric_system_of_the_place():
    base = registered({"name": "甲", "geometry": shapely.Point(30, 40)}).base
    assert base[0] == pytest.approx((500_030, 4_000_040), abs=0.01)


def test_what_a_provider_serves_takes_up_its_capacity():
    register = registered({"name": "甲"}, {"name": "乙"}, provider={"A": "甲"})
    used = dict(zip(register.ids, register.used_m2, strict=True))
    assert used == {"甲": 20_000, "乙": 0}
    assert dict(zip(register.ids, register.used_households, strict=True))["甲"] == 250


def test_an_area_outside_the_place_is_known_by_its_code():
    row = {"name": "甲", "service_areas": "D1、E1"}
    (areas,) = registered(row, elsewhere={"E1": "subdistrict"}).service_areas
    assert areas == {"D1", "E1"}


def test_areas_are_named_by_name_or_code_with_any_mark_between():
    for text in ("西街道、D2", "D1; 东街道", "西街道，东街道"):
        (areas,) = registered({"name": "甲", "service_areas": text}).service_areas
        assert areas == {"D1", "D2"}


@pytest.mark.parametrize("text", ["", "示例市", "D", "西街道、示例市"])
def test_no_area_or_the_city_means_everywhere(text):
    assert registered({"name": "甲", "service_areas": text}).service_areas == (frozenset(),)


def test_a_ban_comes_once_for_each_area_with_its_days_and_document():
    row = {
        "provider": "甲",
        "area": "西街道、东街道",
        "reason": "擅自退出",
        "document": "〔2026〕1号",
    }
    bans = registered({"name": "甲"}, bans=[row | {"valid_to": date(2028, 1, 1)}]).bans
    assert [(ban.area, ban.reason, ban.document) for ban in bans] == [
        ("D1", "擅自退出", "〔2026〕1号"),
        ("D2", "擅自退出", "〔2026〕1号"),
    ]
    assert {(ban.valid_from, ban.valid_to) for ban in bans} == {(None, date(2028, 1, 1))}


def test_a_backstop_comes_with_its_area_and_days():
    row = {"provider": "甲", "role": "backstop", "area": "示例市", "valid_from": date(2026, 1, 1)}
    (role,) = registered({"name": "甲"}, roles=[row]).backstops
    assert (role.provider, role.area, role.valid_from) == ("甲", "", date(2026, 1, 1))


def test_an_unknown_area_is_told_once_however_often_it_is_named():
    row = {"provider": "甲", "area": "南街道"}
    faults = faults_of({"name": "甲", "service_areas": "南街道、西街道"}, bans=[row], roles=[row])
    assert faults == ["服务主体数据提到的区域“南街道”不在辖区数据之中。请核对名称，或补充该辖区。"]


def test_a_name_must_stand_once_in_the_register():
    faults = faults_of({"name": "甲"}, {"name": "乙"}, {"name": "甲"})
    assert faults == ["服务主体“甲”出现了 2 次。名称应唯一。"]


def test_only_who_has_to_do_with_the_place_is_a_candidate():
    sites = replace(town("A B").sites, provider=np.array(["现任", ""]))
    register = no_providers()
    names = ["在任", "处处", "外区", "现任", "兜底", "本区"]
    register = replace(
        register,
        ids=np.array(names),
        **{name: np.array(names) for name in ("names", "kinds", "grades")},
        **{
            name: np.zeros(6)
            for name in ("capacity_m2", "capacity_households", "used_m2", "used_households")
        },
        base=np.zeros((6, 2)),
        service_areas=(
            *(frozenset({"D9"}), frozenset(), frozenset({"D9", "D8"})),
            *(frozenset({"D9"}), frozenset({"D9"}), frozenset({"D1"})),
        ),
        backstops=(backstop("兜底", "D"), backstop("外区", "D9")),
    )
    called = within_call(register, sites)
    assert called.ids.tolist() == ["处处", "现任", "兜底", "本区"]
    assert [role.provider for role in called.backstops] == ["兜底"]
    assert (len(called.service_areas), called.base.shape) == (4, (4, 2))


def backstop(provider, area):
    return Backstop(provider=provider, area=area, valid_from=None, valid_to=None, document="")
