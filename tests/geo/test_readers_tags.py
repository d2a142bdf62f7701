"""Files of other people's maps: words of OpenStreetMap, rows that are none of their kind."""

import pytest

from geo.readers import Kind
from tests.geo.upload import faults_of, feature, geojson, notices_of, read_here


def lines(tmp_path, *properties):
    shapes = [
        {"type": "LineString", "coordinates": [[121.6 + n / 100, 38.9], [121.6 + n / 100, 39.0]]}
        for n in range(len(properties))
    ]
    return geojson(
        tmp_path / "roads.geojson",
        *(feature(shape, **told) for shape, told in zip(shapes, properties, strict=True)),
    )


def tagged(*words, name="highway"):
    return [{name: word} for word in words]


BY_HIGHWAY = {"kind": Kind.BARRIER, "fields": {"highway": "kind"}}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("motorway", "expressway"), ("trunk_link", "expressway"), ("Primary", "arterial")),
        *(("secondary", "arterial"), ("rail", "railway"), ("river", "river"), ("canal", "river")),
        *(("water", "river"), ("riverbank", "river"), ("city_wall", "wall"), ("fence", "wall")),
    ],
)
def test_words_of_openstreetmap_are_understood(tmp_path, word, kind):
    read = read_here(lines(tmp_path, *tagged(word)), **BY_HIGHWAY)
    assert list(read.frame["kind"]) == [kind]


def test_rows_that_are_no_barrier_are_left_out_and_counted_in_one_notice(tmp_path):
    words = ("footway", "trunk", "service", "footway", None)
    read = read_here(lines(tmp_path, *tagged(*words)), **BY_HIGHWAY)
    assert list(read.frame.index) == [2]
    told = "4 行按“highway”列不是阻隔，没有导入：footway 2、service 1、空白 1。"
    assert told in notices_of(read)
    assert not any("有错误" in notice for notice in notices_of(read))


def test_a_word_that_nobody_knows_stays_a_fault(tmp_path):
    path = lines(tmp_path, *tagged("trunk", "teleport"))
    (fault,) = faults_of(path, **BY_HIGHWAY)
    assert "“teleport”不在可选范围内。可选：河流、铁路、快速路、主干路、围墙。" in fault


def test_a_column_that_nobody_gave_by_hand_leaves_no_row_out(tmp_path):
    (fault,) = faults_of(
        lines(tmp_path, *tagged("river", "service", name="类型")), kind=Kind.BARRIER
    )
    assert "“service”不在可选范围内" in fault


def test_what_is_wrong_with_a_row_that_is_left_out_is_nobodys_concern(tmp_path):
    path = geojson(
        tmp_path / "roads.geojson",
        feature({"type": "LineString", "coordinates": [[121.6, 38.9], [121.6, 39]]}, w="rail"),
        feature({"type": "Point", "coordinates": [121.6, 38.9]}, w="station"),
    )
    read = read_here(path, kind=Kind.BARRIER, fields={"w": "kind"})
    assert list(read.frame["kind"]) == ["railway"]


def test_a_file_without_any_barrier_says_so(tmp_path):
    path = lines(tmp_path, *tagged("footway", "steps"))
    assert faults_of(path, **BY_HIGHWAY) == ["按“highway”列，没有一行是阻隔。"]


@pytest.mark.parametrize("word", ["yes", "True", True, "是", "culvert"])
def test_what_runs_in_a_tunnel_is_no_barrier(tmp_path, word):
    path = lines(tmp_path, {"类型": "铁路", "tunnel": word}, {"类型": "铁路", "tunnel": "no"})
    read = read_here(path, kind=Kind.BARRIER)
    assert list(read.frame.index) == [2]
    assert "tunnel" not in read.frame
    assert any("1 行按“tunnel”列不是阻隔" in notice for notice in notices_of(read))


def test_bridges_are_taken_from_roads_and_those_without_walkers_left_out(tmp_path):
    path = lines(
        tmp_path,
        {"bridge": "yes", "highway": "secondary"},
        {"bridge": "viaduct", "highway": "motorway"},
        {"bridge": None, "highway": "footway"},
        {"bridge": "no", "highway": "primary"},
    )
    read = read_here(path, kind=Kind.CROSSING, fields={"bridge": "kind"})
    assert list(read.frame["kind"]) == ["bridge"]
    assert "2 行按“bridge”列不是通道，没有导入：空白 1、no 1。" in notices_of(read)
    assert "1 行按“highway”列不是通道，没有导入：motorway 1。" in notices_of(read)


def test_yes_is_no_kind_of_crossing_in_a_column_that_nobody_gave_by_hand(tmp_path):
    (fault,) = faults_of(lines(tmp_path, *tagged("yes", name="类型")), kind=Kind.CROSSING)
    assert "“yes”不在可选范围内。可选：桥、地道、大门、人行横道。" in fault


def test_of_several_columns_given_for_a_field_the_first_that_is_there_counts(tmp_path):
    fields = {"waterway": "kind", "highway": "kind"}
    read = read_here(lines(tmp_path, *tagged("primary")), kind=Kind.BARRIER, fields=fields)
    assert list(read.frame["kind"]) == ["arterial"]


def test_where_none_of_them_is_there_each_is_told(tmp_path):
    fields = {"waterway": "kind", "railway": "kind"}
    found = faults_of(lines(tmp_path, *tagged("primary")), kind=Kind.BARRIER, fields=fields)
    assert any("没有名为“waterway”的列" in fault for fault in found)
    assert any("没有名为“railway”的列" in fault for fault in found)
