"""Files that leave the house: what they hold, what they say, and that they are the same twice."""

import csv
import io
import json
import re
import sqlite3
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind
from geo.readers.field_table import columns_of
from geo.words import Condition
from layers.plan_frames import LINK_COLUMNS, SITE_COLUMNS, ZONE_COLUMNS
from maps.exports import (
    FIELDS,
    NOTICES,
    Notices,
    field_of,
    geojson_text,
    short_names,
    write_csv_zip,
    write_geopackage,
    write_plan_files,
    write_shapefile_zip,
    write_xlsx,
)
from maps.exports.cells import cut_to_bytes
from maps.exports.columns import guarded, plain_column
from maps.exports.fields import LAYER_FIELDS
from tests.grid import city

EAST_OF, NORTH_OF = 500_000, 4_310_000
GAUSS_KRUEGER = 4549  # central meridian 120° E

NOTICE = Notices(
    title="西岗区 2026 连片方案",
    source="西岗区住建局台账",
    data_date=date(2026, 11, 1),
    written_at=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    measure="小区，底数 2025-01",
    policy="default",
    plan_hash="ab12",
)


def zones(drawing: str = "A A B\nC C B", **columns: list[object]) -> gpd.GeoDataFrame:
    """Zones drawn in metres near 120° E, 39° N."""
    shapes = [shapely.affinity.translate(s, EAST_OF, NORTH_OF) for s in city(drawing).values()]
    count = len(shapes)
    table = {
        "zone": [str(number) for number in range(1, count + 1)],
        "floor_area_m2": pd.array([30_000.5] * (count - 1) + [pd.NA], dtype="Float64"),
        "households": pd.array([420] * (count - 1) + [pd.NA], dtype="Int64"),
        "provider": ["某国有物业服务企业"] * count,
        "exception": ["oversize"] + [""] * (count - 1),
    }
    frame = gpd.GeoDataFrame(table | columns, geometry=shapes, crs=GAUSS_KRUEGER)
    return frame.to_crs(4490)


def shapefile(frame: gpd.GeoDataFrame, tmp_path: Path, **options: object) -> gpd.GeoDataFrame:
    write_shapefile_zip(frame, tmp_path / "zones.zip", NOTICE, **options)
    return pyogrio.read_dataframe(f"/vsizip/{tmp_path / 'zones.zip'}/zones.shp")


def member(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name).decode("utf-8-sig")


def sentences(faults: object) -> str:
    return "\n".join(fault.sentence() for fault in faults)


class TestFields:
    def test_every_short_name_is_ascii_and_at_most_ten_bytes(self):
        every = [*FIELDS.values(), *(f for layer in LAYER_FIELDS.values() for f in layer.values())]
        assert [f.short for f in every if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,9}", f.short)] == []

    def test_no_two_known_fields_share_a_short_name(self):
        assert len({field.short for field in FIELDS.values()}) == len(FIELDS)

    def test_names_that_are_the_same_after_cutting_get_numbers(self):
        names = short_names(["manager_of_a", "manager_of_all", "Manager_of_2"])
        assert list(names.values()) == ["MANAGER_OF", "MANAGER__2", "MANAGER__3"]

    def test_a_known_name_is_not_taken_by_an_unknown_column_before_it(self):
        assert short_names(["Zone_", "ZONE", "zone"]) == {
            "Zone_": "ZONE_",
            "ZONE": "ZONE_2",
            "zone": "ZONE",
        }

    def test_a_chinese_column_gets_an_ascii_name_and_keeps_its_heading(self):
        assert (short_names(["备注"])["备注"], field_of("备注").heading) == ("FIELD", "备注")

    def test_the_provider_of_a_zone_is_a_proposed_one(self):
        assert field_of("provider", layer="zones").heading == "拟推荐服务主体"

    def test_the_provider_of_a_compound_is_the_one_that_is_there(self):
        assert field_of("provider").heading == "物业服务企业"

    @pytest.mark.parametrize(
        "keys", [ZONE_COLUMNS, SITE_COLUMNS, LINK_COLUMNS, *(map(columns_of, Kind))]
    )
    def test_every_column_that_the_product_knows_has_its_name(self, keys):
        assert [key for key in keys if key not in FIELDS] == []

    def test_every_condition_has_its_name(self):
        assert [str(key) for key in Condition if key not in FIELDS] == []

    def test_kinds_are_told_in_chinese(self):
        river = plain_column(pd.Series(["river", "near", "渡口"]), FIELDS["kind"])
        assert river.tolist() == ["河流", "相近", "渡口"]

    def test_a_title_shows_the_unit(self):
        assert field_of("floor_area_m2").title == "建筑面积（㎡）"


class TestNotices:
    @pytest.mark.parametrize("warning", NOTICES)
    def test_the_text_holds_every_warning(self, warning):
        assert warning in NOTICE.text()

    def test_invented_data_are_marked_first(self):
        sample = Notices(**{**vars(NOTICE), "is_sample": True})
        assert sample.text().startswith("注意：示例数据：虚构")

    def test_an_unknown_fact_has_no_line(self):
        bare = Notices(**{**vars(NOTICE), "plan_hash": ""})
        assert "方案指纹" not in bare.text()

    def test_remarks_of_the_writer_stand_below(self):
        assert NOTICE.text(("甲。", "乙。")).endswith("导出提示：\r\n- 甲。\r\n- 乙。\r\n")


class TestShapefile:
    def test_the_zip_holds_five_parts_the_field_table_and_the_notices(self, tmp_path):
        shapefile(zones(), tmp_path)
        with zipfile.ZipFile(tmp_path / "zones.zip") as archive:
            assert archive.namelist() == [
                *(f"zones.{part}" for part in ("shp", "shx", "dbf", "prj", "cpg")),
                "字段说明.csv",
                "说明.txt",
            ]

    def test_ogrinfo_reads_polygons_in_cgcs2000_with_chinese_text(self, tmp_path, has_ogrinfo):
        shapefile(zones(), tmp_path)
        told = subprocess.run(
            [has_ogrinfo, "-al", f"/vsizip/{tmp_path / 'zones.zip'}/zones.shp"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for line in (
            "Geometry: Polygon",
            "Feature Count: 3",
            'ID["EPSG",4490]',
            "PROVIDER (String) = 某国有物业服务企业",
            "EXCEPTION (String) = 超过上限，单独成片",
        ):
            assert line in told

    def test_numbers_stay_numbers_and_unknown_stays_null(self, tmp_path):
        read = shapefile(zones(), tmp_path)
        assert read["HOUSEHOLDS"].isna().tolist() == [False, False, True]
        assert read["FLOOR_M2"].iloc[0] == 30_000.5

    def test_codes_are_text_even_when_they_came_as_numbers(self, tmp_path):
        codes = [310_101_001_001, 310_101_001_002, 310_101_001_003]
        read = shapefile(zones(area_code=codes, code=[float(c) for c in codes]), tmp_path)
        assert read["AREA_CODE"].tolist() == read["CODE"].tolist() == [str(c) for c in codes]

    def test_yes_no_and_unknown_are_words(self, tmp_path):
        told = pd.array([True, False, pd.NA], dtype="boolean")
        read = shapefile(zones(old_list=told), tmp_path)
        assert read["OLD_LIST"].tolist() == ["是", "否", "不详"]

    def test_dates_are_iso_text(self, tmp_path):
        days = [date(2026, 1, 2), pd.NaT, None]
        read = shapefile(zones(valid_from=days), tmp_path)
        assert read["VALID_FROM"].fillna("").tolist() == ["2026-01-02", "", ""]

    def test_metres_are_written_when_a_metric_zone_is_asked_for(self, tmp_path):
        read = shapefile(zones(), tmp_path, srid=GAUSS_KRUEGER)
        assert read.crs.to_epsg() == GAUSS_KRUEGER
        assert np.allclose(read.area, [20_000, 20_000, 20_000])

    def test_gbk_round_trip_names_its_encoding(self, tmp_path):
        read = shapefile(zones(name=["东关街道", "北京街·一", "—"]), tmp_path, encoding="gbk")
        with zipfile.ZipFile(tmp_path / "zones.zip") as archive:
            assert archive.read("zones.cpg") == b"GBK"
            assert "东关街道".encode("gbk") in archive.read("zones.dbf")
        assert read["NAME"].tolist() == ["东关街道", "北京街·一", "—"]

    def test_a_character_outside_gbk_is_replaced_and_reported(self, tmp_path):
        frame = zones(name=["东关", "䶮𬒈家园", "北京"])
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE, encoding="gbk")
        assert sentences(faults) == (
            "第 2 行“name”：1 个值含 GBK 没有的字（䶮𬒈），已写成〓；"
            "需要原字时请导出 UTF-8 或 GeoPackage。"
        )
        assert pyogrio.read_dataframe(tmp_path / "z.zip")["NAME"].iloc[1] == "〓〓家园"

    @pytest.mark.parametrize(
        ("encoding", "length"),
        [
            pytest.param("utf-8", 84, id="three bytes a character"),
            pytest.param("gbk", 127, id="two bytes a character"),
        ],
    )
    def test_long_text_is_cut_at_a_character_and_reported(self, tmp_path, encoding, length):
        frame = zones(name=["短", "区" * 200, "短"])
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE, encoding=encoding)
        assert pyogrio.read_dataframe(tmp_path / "z.zip")["NAME"].iloc[1] == "区" * length
        assert "第 2 行“name”：1 个值超过 254 字节，已在整字处截断" in sentences(faults)

    @pytest.mark.parametrize(
        ("encoding", "length", "fields"),
        [
            pytest.param("utf-8", 84, ["REASON"], id="one field"),
            pytest.param("utf-8", 85, ["REASON", "REASON2"], id="two fields"),
            pytest.param("utf-8", 252, ["REASON", "REASON2", "REASON3"], id="three fields"),
            pytest.param("gbk", 381, ["REASON", "REASON2", "REASON3"], id="three of two bytes"),
        ],
    )
    def test_a_long_reason_goes_on_in_the_next_fields(self, tmp_path, encoding, length, fields):
        told = "".join(chr(0x4E00 + number % 50) for number in range(length))
        if encoding == "gbk":
            told = "理" * length
        frame = zones(reason=["短", told, ""])
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE, encoding=encoding)
        read = pyogrio.read_dataframe(tmp_path / "z.zip")
        assert faults == ()
        assert [name for name in read.columns if name.startswith("REASON")] == fields
        assert read[fields].fillna("").agg("".join, axis=1).tolist() == ["短", told, ""]

    def test_ogrinfo_reads_a_long_reason_from_its_fields(self, tmp_path, has_ogrinfo):
        frame = zones(reason=["短", "理" * 84 + "由" * 84 + "足", ""])
        write_shapefile_zip(frame, tmp_path / "zones.zip", NOTICE)
        told = subprocess.run(
            [has_ogrinfo, "-al", "-ro", f"/vsizip/{tmp_path / 'zones.zip'}/zones.shp"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f"REASON (String) = {'理' * 84}\n" in told
        assert f"REASON2 (String) = {'由' * 84}\n" in told
        assert "REASON3 (String) = 足\n" in told

    def test_a_reason_that_no_three_fields_hold_is_cut_and_reported(self, tmp_path):
        frame = zones(reason=["短", "短", "理" * 300])
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE)
        assert sentences(faults) == (
            "第 3 行“reason”：1 个值超过 762 字节，已在整字处截断；完整内容见 GeoPackage。"
        )

    def test_the_field_table_tells_where_a_reason_goes_on(self, tmp_path):
        shapefile(zones(reason=["理" * 100] * 3), tmp_path)
        table = member(tmp_path / "zones.zip", "字段说明.csv")
        assert "REASON,理由,,reason,\r\n" in table
        assert "REASON2,理由（续2）,,reason.2,\r\n" in table

    def test_what_a_zone_does_not_know_and_who_backs_it_stop_have_names(self, tmp_path):
        read = shapefile(
            zones(households_unknown=[0, 2, 0], is_backstop=[True, False, False]), tmp_path
        )
        assert read["HH_UNKNOWN"].tolist() == [0, 2, 0]
        assert read["BACKSTOP"].tolist() == ["是", "否", "否"]

    def test_text_of_exactly_254_bytes_is_whole(self):
        assert cut_to_bytes("a" * 254, "utf-8") == "a" * 254

    def test_what_was_changed_stands_in_the_notices(self, tmp_path):
        shapefile(zones(name=["区" * 200] * 3), tmp_path)
        assert "3 个值超过 254 字节" in member(tmp_path / "zones.zip", "说明.txt")

    def test_long_keys_get_short_names_and_the_field_table_tells_them(self, tmp_path):
        read = shapefile(zones(manager_of_a=["1"] * 3, manager_of_all=["2"] * 3), tmp_path)
        table = list(csv.DictReader(io.StringIO(member(tmp_path / "zones.zip", "字段说明.csv"))))
        told = {row["内部名称"]: row["字段"] for row in table}
        assert (told["manager_of_a"], told["manager_of_all"]) == ("MANAGER_OF", "MANAGER__2")
        assert read["MANAGER__2"].tolist() == ["2", "2", "2"]

    def test_the_field_table_tells_heading_unit_and_words(self, tmp_path):
        shapefile(zones(), tmp_path)
        table = member(tmp_path / "zones.zip", "字段说明.csv")
        assert "FLOOR_M2,建筑面积,㎡,floor_area_m2,\r\n" in table
        assert "oversize=超过上限，单独成片；below_minimum=低于下限" in table

    @pytest.mark.parametrize("missing", [None, shapely.Polygon()], ids=["null", "empty"])
    def test_a_row_without_geometry_stays_and_is_reported(self, tmp_path, missing):
        frame = zones()
        frame.loc[1, "geometry"] = missing
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE)
        assert sentences(faults) == "第 2 行：1 行没有边界，只写属性，不写图形。"
        read = pyogrio.read_dataframe(tmp_path / "z.zip")
        assert (read["ZONE"].tolist(), read.geometry.isna().tolist()) == (
            ["1", "2", "3"],
            [False, True, False],
        )

    def test_a_point_is_no_polygon_and_is_reported(self, tmp_path):
        frame = zones()
        frame.loc[0, "geometry"] = shapely.Point(120, 39)
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE)
        assert sentences(faults) == "第 1 行：1 行的图形不是面，只写属性，不写图形。"

    def test_of_a_mixed_collection_the_polygons_are_kept(self, tmp_path):
        frame = zones()
        square = frame.geometry[0]
        mixed = shapely.GeometryCollection([square, shapely.Point(120, 39)])
        frame.loc[0, "geometry"] = mixed
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE)
        assert sentences(faults) == "第 1 行：1 行的图形混有点或线，只写其中的面。"
        assert pyogrio.read_dataframe(tmp_path / "z.zip").geometry[0].equals(square)

    def test_heights_are_dropped_and_reported(self, tmp_path):
        frame = zones()
        frame["geometry"] = shapely.force_3d(frame.geometry.to_numpy(), 5.0)
        faults = write_shapefile_zip(frame, tmp_path / "z.zip", NOTICE)
        assert sentences(faults) == "第 1 行：3 行带有高程，已去掉高程。"
        assert not pyogrio.read_dataframe(tmp_path / "z.zip").has_z.any()

    def test_the_same_zones_give_the_same_bytes(self, tmp_path):
        for name in ("one.zip", "two.zip"):
            write_shapefile_zip(zones(), tmp_path / name, NOTICE)
        assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

    def test_all_wrong_choices_are_told_at_once(self, tmp_path):
        with pytest.raises(InputError) as error:
            write_shapefile_zip(
                zones(), tmp_path / "z.zip", NOTICE, layer="片区", srid=3857, encoding="big5"
            )
        assert error.value.report().splitlines() == [
            "文件名“片区”不能用；只用英文字母、数字和下划线。",
            "坐标系 EPSG:3857 不能用；可用 4490 和 4513 至 4554。",
            "编码“big5”不能用；可用 utf-8 和 gbk。",
        ]

    def test_a_frame_without_crs_is_refused(self, tmp_path):
        lost = zones().set_crs(None, allow_override=True)
        with pytest.raises(InputError, match="没有坐标系"):
            write_shapefile_zip(lost, tmp_path / "z.zip", NOTICE)


class TestGeoPackage:
    def test_layers_keep_their_keys_and_notices_are_a_table(self, tmp_path):
        write_geopackage({"zones": zones()}, tmp_path / "plan.gpkg", NOTICE)
        assert pyogrio.list_layers(tmp_path / "plan.gpkg").tolist() == [
            ["zones", "MultiPolygon"],
            ["notices", None],
        ]
        notices = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="notices")
        assert set(NOTICES) < set(notices["text"])

    def test_every_family_of_geometry_gets_its_own_type(self, tmp_path):
        line, point = shapely.LineString([(120, 39), (120.1, 39)]), shapely.Point(120, 39)
        frames = {
            name: gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4490)
            for name, shapes in {
                "lines": [line, shapely.MultiLineString([line])],
                "points": [point, None],
                "mixed": [point, line],
                "nothing": [None],
            }.items()
        }
        write_geopackage(frames, tmp_path / "x.gpkg", NOTICE)
        types = dict(pyogrio.list_layers(tmp_path / "x.gpkg"))
        assert types == {
            "lines": "MultiLineString",
            "points": "MultiPoint",
            "mixed": "Unknown",
            "nothing": "Unknown",
            "notices": None,
        }

    def test_missing_geometry_stays_a_row(self, tmp_path):
        frame = zones()
        frame.loc[1, "geometry"] = None
        write_geopackage({"zones": frame}, tmp_path / "x.gpkg", NOTICE)
        assert pyogrio.read_dataframe(tmp_path / "x.gpkg", layer="zones").geometry[1] is None

    def test_the_same_layers_give_the_same_bytes_over_an_older_file(self, tmp_path):
        write_geopackage({"zones": zones()}, tmp_path / "one.gpkg", NOTICE)
        write_geopackage({"old": zones()}, tmp_path / "two.gpkg", NOTICE)
        write_geopackage({"zones": zones()}, tmp_path / "two.gpkg", NOTICE)
        assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()

    def test_its_stamp_is_the_given_time_and_the_setting_is_taken_back(self, tmp_path):
        write_geopackage({"zones": zones()}, tmp_path / "x.gpkg", NOTICE)
        with sqlite3.connect(tmp_path / "x.gpkg") as database:
            stamps = database.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
        database.close()
        assert stamps == [("2026-11-22T08:30:00.000Z",)]
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None

    def test_no_side_files_are_left(self, tmp_path):
        write_geopackage({"zones": zones()}, tmp_path / "x.gpkg", NOTICE)
        assert [path.name for path in tmp_path.iterdir()] == ["x.gpkg"]


class TestGeoJson:
    def test_notices_are_foreign_members_and_there_is_no_crs(self):
        collection = json.loads(geojson_text(zones(), NOTICE))
        assert collection["notices"] == list(NOTICES)
        assert collection["about"]["数据日期"] == "2026-11-01"
        assert "crs" not in collection

    def test_coordinates_are_longitude_first_seven_decimals_right_handed(self):
        text = geojson_text(zones().to_crs(GAUSS_KRUEGER), NOTICE)
        ring = json.loads(text)["features"][0]["geometry"]["coordinates"][0]
        assert (round(ring[0][0]), round(ring[0][1])) == (120, 39)
        assert shapely.LinearRing(ring).is_ccw
        assert re.search(r"\d\.\d{8}", text) is None

    def test_unknown_values_and_missing_geometry_are_null(self):
        frame = zones(seen=[pd.NaT, None, date(2026, 1, 2)], share=[np.nan, 0.5, np.inf])
        frame.loc[1, "geometry"] = None
        first, second, last = json.loads(geojson_text(frame, NOTICE))["features"]
        assert (first["properties"]["share"], first["properties"]["seen"]) == (None, None)
        assert second["geometry"] is None
        assert (last["properties"]["households"], last["properties"]["share"]) == (None, None)
        assert last["properties"]["seen"] == "2026-01-02"

    def test_flags_and_numpy_numbers_become_plain_values(self):
        frame = zones(open=np.array([True, False, True]), rank=np.array([1, 2, 3], dtype=object))
        frame["rank"] = [np.int64(1), np.int64(2), np.int64(3)]
        properties = json.loads(geojson_text(frame, NOTICE))["features"][0]["properties"]
        assert (properties["open"], properties["rank"]) == (True, 1)

    def test_a_numpy_scalar_in_an_object_column_becomes_a_number(self):
        odd = pd.Series([np.float64(1.5), "x", None], dtype=object)
        frame = zones(odd=odd)
        assert json.loads(geojson_text(frame, NOTICE))["features"][0]["properties"]["odd"] == 1.5


class TestCsv:
    def table(self, frame: pd.DataFrame, tmp_path: Path) -> list[list[str]]:
        write_csv_zip(frame, tmp_path / "t.zip", NOTICE)
        return list(csv.reader(io.StringIO(member(tmp_path / "t.zip", "zones.csv"), newline="")))

    def test_it_has_bom_and_crlf_for_excel(self, tmp_path):
        self.table(zones(), tmp_path)
        with zipfile.ZipFile(tmp_path / "t.zip") as archive:
            raw = archive.read("zones.csv")
        assert raw.startswith("\N{BOM}片区,建筑面积（㎡）".encode())
        assert raw.count(b"\r\n") == raw.count(b"\n") == 4

    def test_a_place_inside_each_zone_stands_in_for_the_outline(self, tmp_path):
        rows = self.table(zones(), tmp_path)
        lon, lat = (float(rows[1][rows[0].index(name)]) for name in ("经度", "纬度"))
        assert zones().geometry[0].contains(shapely.Point(lon, lat))

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_text_that_a_spreadsheet_would_run_is_guarded(self, start):
        assert guarded(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"

    def test_negative_numbers_stay_numbers_beside_guarded_text(self, tmp_path):
        frame = pd.DataFrame({"name": ["-3 号楼"], "margin_yuan": [-31_000.0]})
        assert self.table(frame, tmp_path) == [
            ["名称", "年收支差额（元）"],
            ["'-3 号楼", "-31000.0"],
        ]

    def test_unknown_is_an_empty_cell(self, tmp_path):
        frame = pd.DataFrame({"name": ["甲", None], "built": pd.array([1985, pd.NA], "Int64")})
        assert self.table(frame, tmp_path)[1:] == [["甲", "1985"], ["", ""]]

    def test_the_notices_come_with_it(self, tmp_path):
        self.table(zones(), tmp_path)
        assert NOTICES[0] in member(tmp_path / "t.zip", "说明.txt")

    def test_a_frame_without_crs_keeps_its_own_coordinates(self, tmp_path):
        lost = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(0, 0, 2, 2)])
        assert self.table(lost, tmp_path)[1] == ["甲", "1.0", "1.0"]


class TestXlsx:
    def book(self, layers: dict[str, pd.DataFrame], tmp_path: Path) -> openpyxl.Workbook:
        write_xlsx(layers, tmp_path / "t.xlsx", NOTICE)
        return openpyxl.load_workbook(tmp_path / "t.xlsx")

    def test_sheets_are_the_layers_and_the_notices(self, tmp_path):
        book = self.book({"片区": zones()}, tmp_path)
        assert book.sheetnames == ["片区", "说明"]
        assert [cell.value for cell in book["说明"]["B"]][:3] == list(NOTICES)

    def test_the_header_is_frozen_filtered_and_speaks_chinese(self, tmp_path):
        sheet = self.book({"片区": zones()}, tmp_path)["片区"]
        assert [cell.value for cell in sheet[1]][:4] == [
            "片区",
            "建筑面积",
            "户数",
            "拟推荐服务主体",
        ]
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:G4")

    def test_numbers_carry_their_unit_as_a_format(self, tmp_path):
        cell = self.book({"片区": zones()}, tmp_path)["片区"]["B2"]
        assert (cell.value, cell.number_format) == (30_000.5, '#,##0" ㎡"')

    def test_decimals_and_plain_numbers_have_their_own_formats(self, tmp_path):
        frame = pd.DataFrame({"gap_m": [18.25], "lon": [120.5], "built": [1985]})
        sheet = self.book({"邻接": frame}, tmp_path)["邻接"]
        formats = [cell.number_format for cell in sheet[2]]
        assert formats == ['#,##0.0" m"', "#,##0.0000000", "General"]

    def test_unknown_is_an_empty_cell(self, tmp_path):
        assert self.book({"片区": zones()}, tmp_path)["片区"]["C4"].value is None

    def test_a_formula_in_a_name_stays_text(self, tmp_path):
        frame = pd.DataFrame({"name": ['=HYPERLINK("x")'], "note": ["https://example.org"]})
        sheet = self.book({"小区": frame}, tmp_path)["小区"]
        assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", '=HYPERLINK("x")')
        assert sheet["B2"].hyperlink is None

    def test_text_that_no_cell_holds_is_cut_and_reported(self, tmp_path):
        frame = pd.DataFrame({"name": ["短", "长" * 40_000]})
        faults = write_xlsx({"小区": frame}, tmp_path / "t.xlsx", NOTICE)
        assert sentences(faults) == (
            "第 2 行“名称”：文字超过 32767 个字，Excel 放不下，已截断；完整内容见 GeoPackage。"
        )
        assert len(openpyxl.load_workbook(tmp_path / "t.xlsx")["小区"]["A3"].value) == 32_767

    def test_an_empty_table_still_has_its_header(self, tmp_path):
        sheet = self.book({"片区": zones().iloc[:0]}, tmp_path)["片区"]
        assert sheet.max_row == 1

    def test_the_same_tables_give_the_same_bytes(self, tmp_path):
        for name in ("one.xlsx", "two.xlsx"):
            write_xlsx({"片区": zones()}, tmp_path / name, NOTICE)
        assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_text_in_a_known_number_column_stays_text():
    mixed = pd.Series(["约 420", 3.5], dtype=object)
    assert plain_column(mixed, FIELDS["households"]).tolist() == ["约 420", "3.5"]


class TestPlanFiles:
    def write(self, out_dir: Path, **changes: object) -> object:
        sites = zones().assign(site=["S1", "S2", "S3"], area_code=["210203"] * 3, reason="同社区")
        links = pd.DataFrame({"a": ["S1"], "b": ["S2"], "gap_m": [18.0], "open": [True]})
        plan = {
            "zones": zones(),
            "sites": sites,
            "links": links,
            "refusals": pd.DataFrame({"zone": ["1"], "provider": ["乙"], "reason": ["等级不足"]}),
            "summary": {"seed": 7, "policy": "default", "plan_hash": "ab12", "left_out": []},
            "notices": NOTICE,
        }
        return write_plan_files(out_dir, **(plan | changes))

    def test_the_folder_is_made_and_holds_three_files_and_nothing_else(self, tmp_path):
        self.write(tmp_path / "new" / "out")
        names = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
        assert names == ["plan.gpkg", "plan.json", "zones_shp.zip"]

    def test_the_geopackage_has_the_layers_of_a_plan(self, tmp_path):
        self.write(tmp_path)
        layers = [name for name, _ in pyogrio.list_layers(tmp_path / "plan.gpkg")]
        assert layers == ["zones", "sites", "links", "refusals", "notices"]

    def test_keys_in_the_geopackage_are_the_codes_keys_and_words(self, tmp_path):
        self.write(tmp_path)
        read = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="zones")
        assert read["exception"].tolist()[0] == "oversize"

    def test_plan_json_is_canonical(self, tmp_path):
        self.write(tmp_path)
        assert (tmp_path / "plan.json").read_bytes() == (
            b'{\n "left_out": [],\n "plan_hash": "ab12",\n "policy": "default",\n "seed": 7\n}\n'
        )

    def test_the_same_plan_gives_the_same_bytes(self, tmp_path):
        for name in ("one", "two"):
            self.write(tmp_path / name)
        for name in ("plan.gpkg", "plan.json", "zones_shp.zip"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    def test_a_fault_leaves_the_earlier_plan_and_no_half_of_the_new_one(self, tmp_path):
        self.write(tmp_path)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        with pytest.raises(ValueError, match="Out of range float values"):
            self.write(tmp_path, summary={"gap_percent": float("nan")})
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_what_the_shapefile_changed_is_returned(self, tmp_path):
        frame = zones(name=["区" * 200] * 3)
        assert "3 个值超过 254 字节" in sentences(self.write(tmp_path, zones=frame))
