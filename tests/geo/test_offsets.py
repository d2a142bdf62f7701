import numpy as np
import pytest
import shapely

from geo.crs import Datum, from_wgs84, to_wgs84
from geo.offsets import (
    Cause,
    common_offset,
    misplaced,
    misplaced_fault,
    offset_fault,
)

RANDOM = np.random.default_rng(7)
TRUE = np.array([113.55, 37.85]) + RANDOM.uniform(0, 0.05, (60, 2))
"""Sixty compounds in Yangquan."""
NOISE = RANDOM.normal(0, 3e-5, TRUE.shape)
GROUNDS = shapely.buffer(shapely.points(TRUE), 0.0008)


@pytest.mark.parametrize(
    ("given", "cause", "sentence"),
    [
        pytest.param(
            from_wgs84(TRUE, Datum.GCJ02),
            Cause.GCJ02,
            "与已入库的 60 个小区相比，整体偏移约 570 米，向东。"
            "疑为 GCJ-02（高德、腾讯）坐标未经换算。请核对来源，选择坐标基准 GCJ-02 后重新检查。",
            id="GCJ-02",
        ),
        pytest.param(
            from_wgs84(TRUE, Datum.BD09),
            Cause.BD09,
            "与已入库的 60 个小区相比，整体偏移约 1330 米，向东北。疑为 BD-09（百度）坐标未经换算。"
            "请核对来源，选择坐标基准 BD-09 后重新检查。",
            id="BD-09",
        ),
        pytest.param(
            to_wgs84(TRUE, Datum.BD09),
            Cause.BD09_TWICE,
            "与已入库的 60 个小区相比，整体偏移约 1340 米，向西南。"
            "疑为已换算过的坐标又按 BD-09 换算了一次。请改选坐标基准 CGCS2000 或 WGS84。",
            id="BD-09 undone twice",
        ),
        pytest.param(
            to_wgs84(TRUE, Datum.GCJ02),
            Cause.GCJ02_TWICE,
            "与已入库的 60 个小区相比，整体偏移约 570 米，向西。"
            "疑为已换算过的坐标又按 GCJ-02 换算了一次。请改选坐标基准 CGCS2000 或 WGS84。",
            id="GCJ-02 undone twice",
        ),
        pytest.param(
            to_wgs84(from_wgs84(TRUE, Datum.BD09), Datum.GCJ02),
            Cause.BD09_AS_GCJ02,
            "与已入库的 60 个小区相比，整体偏移约 860 米，向东北。"
            "疑为百度坐标当作 GCJ-02 换算。请改选坐标基准 BD-09。",
            id="BD-09 taken for GCJ-02",
        ),
        pytest.param(
            to_wgs84(from_wgs84(TRUE, Datum.GCJ02), Datum.BD09),
            Cause.GCJ02_AS_BD09,
            "与已入库的 60 个小区相比，整体偏移约 860 米，向西南。"
            "疑为高德、腾讯坐标当作 BD-09 换算。请改选坐标基准 GCJ-02。",
            id="GCJ-02 taken for BD-09",
        ),
        pytest.param(
            TRUE - np.array([0, 0.001]),
            Cause.OLD_DATUM,
            "与已入库的 60 个小区相比，整体偏移约 110 米，向南。"
            "可能是北京54、西安80 或地方坐标系的坐标。请由测绘主管部门转换为 CGCS2000 后再导入。",
            id="an old datum",
        ),
        pytest.param(
            TRUE + np.array([0, 0.02]),
            Cause.UNKNOWN,
            "与已入库的 60 个小区相比，整体偏移约 2230 米，向北。请核对坐标系和坐标来源。",
            id="nobody knows what",
        ),
    ],
)
def test_an_offset_is_told_with_size_direction_and_cause(given, cause, sentence):
    offset = common_offset(given + NOISE, TRUE)
    assert offset.cause is cause
    assert offset_fault(offset, pairs=60, things="小区").sentence() == sentence


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(TRUE, id="where they are"),
        pytest.param(TRUE + np.array([0.0003, 0]), id="a little aside"),
        pytest.param(TRUE + RANDOM.normal(0, 0.003, TRUE.shape), id="each drawn elsewhere"),
    ],
)
def test_what_is_drawn_anew_is_no_offset(given):
    assert common_offset(given, TRUE) is None


def test_two_things_do_not_tell():
    assert common_offset(from_wgs84(TRUE[:2], Datum.BD09), TRUE[:2]) is None


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        pytest.param(from_wgs84(TRUE, Datum.GCJ02), Cause.GCJ02, id="GCJ-02"),
        pytest.param(from_wgs84(TRUE, Datum.BD09), Cause.BD09, id="BD-09"),
        pytest.param(to_wgs84(TRUE, Datum.GCJ02), Cause.GCJ02_TWICE, id="undone twice"),
    ],
)
def test_buildings_beside_their_compounds_tell_the_cause(given, cause):
    assert misplaced(given, GROUNDS).offset.cause is cause


def test_a_district_tells_the_cause_by_those_that_fall_outside():
    district = np.array([shapely.box(*TRUE.min(0) - 1e-4, *TRUE.max(0) + 1e-4)])
    found = misplaced(from_wgs84(TRUE, Datum.BD09), district)
    assert misplaced_fault(found, ground="已入库的辖区").sentence() == (
        f"60 个位置中只有 {found.inside} 个落在已入库的辖区内；"
        "如换算约 1340 米，则有 60 个落在其中。"
        "疑为 BD-09（百度）坐标未经换算。请核对来源，选择坐标基准 BD-09 后重新检查。"
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(TRUE, id="where they are"),
        pytest.param(TRUE[:4] + 1, id="few"),
        pytest.param(TRUE + 1, id="far away"),
    ],
)
def test_what_no_shift_brings_in_is_not_suspected(given):
    assert misplaced(given, GROUNDS) is None
