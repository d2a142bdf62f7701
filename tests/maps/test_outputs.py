from dataclasses import replace
from datetime import UTC, date, datetime
from unittest.mock import Mock

import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind
from layers.derived import derive_sites
from layers.draft import draft_plan
from layers.ground import Ground
from layers.plan_frames import no_plan, plan_frames
from layers.policy import load_policy
from maps import coverage_map, outputs
from maps.outputs import (
    FILES,
    Origin,
    map_frames_of,
    notices_of,
    place_of,
    rates_from_files,
    statuses_of,
    write_map,
    write_outputs,
)
from tests.layers.grounds import METRIC_SRID, area, ground_of, rows_of

DAY = date(2026, 6, 1)
POLICY = load_policy("default")
FIRM = {"name": "甲物业", "kind": "state"}
STREET = {"name": "街道服务中心", "kind": "service_centre"}


def origin(**values) -> Origin:
    facts = {
        "area": "西岗区",
        "source": "台账.xlsx",
        "data_date": DAY,
        "written_at": datetime(2026, 6, 1, 8, tzinfo=UTC),
        "policy": "系统缺省",
        "is_sample": False,
    }
    return Origin(**facts | values)


def derived_of(ground: Ground):
    return derive_sites(ground, policy=POLICY, on_date=DAY, srid=METRIC_SRID)


def map_of(ground: Ground):
    draft = draft_plan(ground, POLICY, on_date=DAY, seed=1)
    return map_frames_of(ground, draft.derived, plan_frames(draft))


def written(ground: Ground, out, **values):
    draft = draft_plan(ground, POLICY, on_date=DAY, seed=1)
    plan = plan_frames(draft)
    frames = map_frames_of(ground, draft.derived, plan)
    rates = rates_from_files(ground, draft.derived)
    return write_outputs(out, map_frames=frames, plan=plan, rates=rates, origin=origin(**values))


def served(*, by: str, providers=(FIRM, STREET)) -> Ground:
    """Three compounds, the first of which somebody serves."""
    ground = ground_of("A B C", provider={"A": by})
    return replace(ground, providers=rows_of(Kind.PROVIDER, *providers))


# --- the place ------------------------------------------------------------------------------


def place_named_by(*areas) -> str:
    return place_of(replace(ground_of("A"), areas=rows_of(Kind.AREA, *areas)))


AROUND = shapely.box(0, 0, 100, 100)


def test_a_place_is_called_as_its_highest_area():
    street = area(AROUND, name="东街道")
    assert place_named_by(street, area(AROUND, name="示例区", level="district")) == "示例区"


def test_an_area_in_two_versions_is_one():
    assert place_named_by(*[area(AROUND, name="示例区", level="district")] * 2) == "示例区"


def test_several_highest_areas_give_a_place_no_name():
    streets = [area(AROUND, name=name, code=name) for name in ("东街道", "西街道")]
    assert place_named_by(*streets) == ""


def test_a_place_without_areas_has_no_name():
    assert place_named_by() == ""


# --- rates ----------------------------------------------------------------------------------


def rates_of(ground: Ground) -> dict[str, tuple[float, float]]:
    rates = rates_from_files(ground, derived_of(ground))
    return {rate.name: (rate.numerator, rate.denominator) for rate in rates}


def test_a_firm_counts_for_both_rates():
    assert rates_of(served(by="甲物业")) == {
        "物业企业服务覆盖率": (1, 3),
        "物业服务覆盖率（含自治、托管）": (1, 3),
    }


def test_a_service_centre_is_no_firm():
    assert rates_of(served(by="街道服务中心"))["物业企业服务覆盖率"] == (0, 3)
    assert rates_of(served(by="街道服务中心"))["物业服务覆盖率（含自治、托管）"] == (1, 3)


def test_files_that_do_not_say_who_serves_tell_no_rate():
    assert rates_from_files(ground_of("A B"), derived_of(ground_of("A B"))) == ()


def test_no_table_of_contracts_is_no_word_about_who_serves():
    ground = replace(ground_of("A B"), contracts=None)
    assert rates_from_files(ground, derived_of(ground)) == ()


def test_a_note_that_nobody_serves_is_a_rate_of_nought():
    assert rates_of(ground_of("A B", provider={"A": "无"})) == {
        "物业服务覆盖率（含自治、托管）": (0, 2)
    }


def test_without_a_register_nobody_can_say_who_is_a_firm():
    assert list(rates_of(served(by="甲物业", providers=()))) == ["物业服务覆盖率（含自治、托管）"]


def test_contracts_alone_tell_who_serves():
    contract = {"provider": "甲物业", "what": "B"}
    ground = replace(ground_of("A B"), contracts=rows_of(Kind.CONTRACT, contract))
    assert rates_of(ground)["物业服务覆盖率（含自治、托管）"] == (1, 2)


def test_compounds_of_a_management_area_count_one_by_one():
    both = {"code": "M", "name": "联合区域", "members": "A、B"}
    contract = {"provider": "甲物业", "what": "M"}
    ground = replace(
        ground_of("A B C"),
        management_areas=rows_of(Kind.MANAGEMENT_AREA, both),
        contracts=rows_of(Kind.CONTRACT, contract),
    )
    assert rates_of(ground)["物业服务覆盖率（含自治、托管）"] == (2, 3)


def test_a_rate_says_what_it_counts():
    ground = served(by="甲物业")
    (rate, _) = rates_from_files(ground, derived_of(ground))
    assert (rate.unit, rate.measure) == ("小区", "按所给文件中的小区计，服务状况不详的留在分母")
    assert rate.percent == "33.33"


# --- the map's layers -----------------------------------------------------------------------


def statuses(ground: Ground) -> dict[str, str]:
    sites = map_of(ground).sites
    return dict(zip(sites["site"], map(str, sites["status"]), strict=True))


def test_who_serves_decides_the_status():
    assert statuses(served(by="甲物业"))["A"] == "in_service"
    assert statuses(served(by="街道服务中心"))["A"] == "self_managed"


def test_a_plan_alone_serves_nobody():
    assert statuses(ground_of("A B")) == {"A": "planned", "B": "planned"}


def test_outside_a_plan_unknown_is_not_nobody():
    ground = ground_of("A B", provider={"B": "无"})
    frames = map_frames_of(ground, derived_of(ground), no_plan())
    assert [str(status) for status in frames.sites["status"]] == ["unknown", "unmanaged"]


def test_a_scattered_building_outside_a_plan_is_without_management():
    home = {"code": "1", "name": "1号楼", "storeys": 5, "geometry": shapely.box(900, 0, 920, 40)}
    ground = replace(ground_of("A"), buildings=rows_of(Kind.BUILDING, home))
    sites = map_frames_of(ground, derived_of(ground), no_plan()).sites
    told = [str(status) for status in statuses_of(sites, ground)]
    assert told == ["unmanaged", "unknown"]


def test_planned_sites_carry_zone_and_reason_and_served_ones_none():
    sites = map_of(served(by="甲物业")).sites.set_index("site")
    assert sites["zone"].to_dict() == {"A": "", "B": "1", "C": "1"}
    assert [bool(reason) for reason in sites["reason"]] == [False, True, True]


def test_addresses_come_from_the_compounds():
    ground = ground_of("A B", address={"A": "示例路 1 号"})
    assert map_of(ground).sites["address"].tolist() == ["示例路 1 号", ""]


def test_buildings_of_compounds_are_told_from_scattered_ones():
    houses = [
        {"code": "in", "storeys": 5, "geometry": shapely.box(50, 50, 70, 90)},
        {"code": "out", "storeys": 5, "geometry": shapely.box(900, 0, 920, 40)},
        {"code": "shop", "name": "商场", "storeys": 5, "geometry": shapely.box(800, 0, 820, 40)},
    ]
    ground = replace(ground_of("A"), buildings=rows_of(Kind.BUILDING, *houses))
    assert map_of(ground).buildings["compound"].tolist() == ["held", "", ""]


# --- files ----------------------------------------------------------------------------------


def test_the_files_of_a_plan_are_four(tmp_path):
    written(ground_of("A B"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_what_the_shapefile_could_not_hold_is_handed_back(tmp_path):
    firm = FIRM | {"name": "名称很长的物业服务有限公司" * 10}
    ground = replace(ground_of("A B"), providers=rows_of(Kind.PROVIDER, firm))
    sentences = [fault.sentence() for fault in written(ground, tmp_path)]
    assert any(
        sentence.startswith("第 1 行“provider”：1 个值超过 254 字节") for sentence in sentences
    )


def test_where_the_map_cannot_be_drawn_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "coverage_map", Mock(side_effect=InputError("Leaflet 没有安装。")))
    with pytest.raises(InputError, match="Leaflet 没有安装。"):
        written(ground_of("A"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_older_map_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "coverage.html"
    frames = map_of(ground_of("A"))
    notices = notices_of(origin(), plan_hash="", rates=())
    for name in ("西岗区", "沙河口区"):
        write_map(path, frames, rates=(), origin=origin(area=name), notices=notices)
    assert "沙河口区物业服务覆盖与连片管理片区图" in path.read_text("utf-8")
    assert [each.name for each in path.parent.iterdir()] == ["coverage.html"]


def test_notices_tell_source_policy_hash_and_how_rates_are_counted():
    rate = coverage_map.Rate(
        name="覆盖率", numerator=1, denominator=2, unit="小区", measure="按小区计"
    )
    facts = dict(notices_of(origin(), plan_hash="ab12", rates=(rate,)).rows())
    assert facts["名称"] == "西岗区连片方案"
    assert (facts["来源"], facts["政策"]) == ("台账.xlsx", "系统缺省")
    assert (facts["方案指纹"], facts["口径"]) == ("ab12", "覆盖率：按小区计")


def test_sample_data_are_marked():
    marked = notices_of(origin(is_sample=True), plan_hash="", rates=())
    assert marked.warnings()[0].startswith("示例数据")
