"""The coverage map: what stands in the file, and what a browser without network makes of it."""

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Browser, Page

from geo.errors import InputError
from maps import statuses
from maps.coverage_map import MapFacts, MapFrames, Rate, assets, coverage_map, drawing, words
from maps.coverage_map.colouring import NEIGHBOUR_REACH_M, PALETTE, neighbours, zone_colours
from maps.coverage_map.ground import ground_metres
from maps.coverage_map.heat import RADIUS_M, uncovered_heat
from maps.coverage_map.legend import layer_groups, status_counts
from maps.coverage_map.patterns import MARKS
from maps.notices import NOTICES, SAMPLE_MARK, Notices
from tests.grid import city

ATTACK = "<script>window.attacked = true</script><img src=x onerror='window.attacked = true'>"
EAST_OF, NORTH_OF = 500_000, 4_310_000
GAUSS_KRUEGER = 4549  # central meridian 120° E

NOTICE = Notices(
    title="西岗区覆盖图",
    source="西岗区住建局台账",
    data_date=date(2026, 11, 1),
    written_at=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
)
FACTS = MapFacts(
    title="西岗区物业服务覆盖图",
    district="大连市 › 西岗区",
    rates=(
        Rate(
            name="物业企业服务覆盖率",
            numerator=881,
            denominator=961,
            unit="小区",
            measure="建成区小区 961，底数 2025-01",
        ),
    ),
    notices=NOTICE,
)


def drawn(drawing_: str, **columns: object) -> gpd.GeoDataFrame:
    """One row per letter of the drawing, in degrees near 120° E, 39° N."""
    shapes = [shapely.affinity.translate(s, EAST_OF, NORTH_OF) for s in city(drawing_).values()]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=GAUSS_KRUEGER).to_crs(4490)


def sites(**columns: object) -> gpd.GeoDataFrame:
    table = {
        "site": ["S1", "S2", "S3", "S4", "S5"],
        "name": ["滨河院", "北京街 12 号院", "铁路家属院", "", "未知院"],
        "status": ["in_service", "self_managed", "planned", "unmanaged", "unknown"],
        "zone": ["", "", "7", "", ""],
        "provider": ["某国有物业服务企业", "", "", "", ""],
        "households": pd.array([420, 80, 300, pd.NA, pd.NA], dtype="Int64"),
        "floor_area_m2": pd.array([33_600.0, 6_400, pd.NA, pd.NA, pd.NA], dtype="Float64"),
        "built": pd.array([1985, pd.NA, 1992, pd.NA, pd.NA], dtype="Int64"),
    }
    return drawn("A B C D E", **(table | columns))


def frames(**layers: gpd.GeoDataFrame) -> MapFrames:
    usual = {
        "areas": drawn(
            "A A A B B\nA A A B B\nA A A B B",
            name=["人民广场街道", "香炉礁街道"],
            level=["subdistrict", "community"],
        ),
        "sites": sites(),
        "zones": drawn(
            ". . A . .",
            zone=["7"],
            floor_area_m2=[26_400.0],
            households=[300],
            margin_yuan=[-31_000.0],
            provider=["某服务主体"],
            diameter_m=[640.0],
            exception=["below_minimum"],
        ),
    }
    return MapFrames(**(usual | layers))


def district() -> gpd.GeoDataFrame:
    return drawn("A A A A A\nA A A A A\nA A A A A", name=["西岗区"], level=["district"])


def lines(kinds: list[str], **columns: object) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(EAST_OF, NORTH_OF + 40 * n), (EAST_OF + 500, NORTH_OF + 40 * n)])
        for n in range(len(kinds))
    ]
    table = {"kind": kinds} | columns
    return gpd.GeoDataFrame(table, geometry=shapes, crs=GAUSS_KRUEGER).to_crs(4490)


def buildings() -> gpd.GeoDataFrame:
    return drawn(
        "A B C\n. . .\n. . .",
        name=["一号楼", "", "三号楼"],
        compound=["S1", "", ""],
        storeys=[6.0, 7.0, np.nan],
        status=["", "", "unmanaged"],
    )


def full() -> MapFrames:
    return frames(
        areas=pd.concat([frames().areas, district()], ignore_index=True),
        barriers=lines(list(words.BARRIERS), name=["月亮河", "", "", "", ""]),
        crossings=lines(["bridge"], note=["人行桥"]),
        buildings=buildings(),
    )


def legend_labels(shown: MapFrames) -> list[str]:
    completed = shown.completed()
    heat = uncovered_heat(completed.sites)
    groups = layer_groups(completed, drawing.zone_cards(completed), heat)
    return [layer.layer_name for _, layers in groups for layer in layers]


class TestFile:
    def test_it_asks_no_address_for_anything(self):
        asked = re.findall(
            r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", coverage_map(full(), FACTS)
        )
        assert asked == []

    def test_its_styles_load_nothing_but_data_and_patterns(self):
        styles = re.findall(r"<style>(.*?)</style>", coverage_map(full(), FACTS), re.DOTALL)
        urls = re.findall(r"url\(([^)]{1,10})", "".join(styles))
        assert {url[:5] for url in urls} == {"data:", "#defa"}

    def test_the_security_policy_allows_its_own_scripts_only(self):
        page = coverage_map(full(), FACTS)
        policy = re.search(r'Security-Policy" content="([^"]+)"', page)[1]
        assert policy.startswith("default-src &#x27;none&#x27;; img-src data:;")
        assert policy.count("sha256-") == len(re.findall("<script>", page)) == 3

    def test_the_same_district_gives_the_same_file(self):
        assert coverage_map(full(), FACTS) == coverage_map(full(), FACTS)

    def test_the_assets_of_folium_stay_as_they_were(self):
        before = (list(folium.Map.default_js), list(folium.Map.default_css))
        coverage_map(frames(), FACTS)
        assert (folium.Map.default_js, folium.Map.default_css) == before

    @pytest.mark.parametrize("notice", NOTICES)
    def test_every_notice_stands_on_it(self, notice):
        assert notice in coverage_map(frames(), FACTS)

    def test_invented_data_are_marked(self):
        sample = Notices(**{**vars(NOTICE), "is_sample": True})
        facts = MapFacts(**{**vars(FACTS), "notices": sample})
        assert SAMPLE_MARK in coverage_map(frames(), facts)

    def test_a_rate_comes_with_its_measure(self):
        page = coverage_map(frames(), FACTS)
        assert "<strong>91.68</strong>" in page
        assert "881 / 961 小区" in page
        assert "口径：建成区小区 961，底数 2025-01" in page

    def test_without_leaflet_it_says_what_to_run(self, tmp_path):
        with pytest.raises(InputError) as error:
            coverage_map(frames(), FACTS, node_modules=tmp_path)
        assert error.value.report() == (
            "缺少前端库文件 leaflet/dist/leaflet.css，不能生成离线地图；请先运行 make setup。"
        )

    def test_values_in_the_panel_are_escaped(self):
        zones = frames().zones.assign(provider=[ATTACK])
        assert "<script>window" not in coverage_map(frames(zones=zones), FACTS)

    def test_values_in_the_script_cannot_close_it(self):
        page = coverage_map(frames(sites=sites(name=[f"</script>{ATTACK}"] * 5)), FACTS)
        assert page.count("</script>") == 3

    @pytest.mark.real_data
    def test_it_stays_small_for_a_district(self, real_data):
        shapes = gpd.read_file(real_data / "beijing_chaoyang" / "buildings_wgs84.geojson")
        many = shapes.set_crs(4490, allow_override=True).iloc[:2500].assign(compound="")
        page = coverage_map(frames(buildings=many), FACTS)
        assert len(page.encode()) < 6_000_000


class Text(HTMLParser):
    """What a reader without scripts reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL))

    def handle_data(self, data: str) -> None:
        self.parts.append(data.strip())

    def __str__(self) -> str:
        return " ".join(filter(None, self.parts))


class TestLegend:
    def test_empty_layers_are_left_out(self):
        assert not any("零散楼栋" in label for label in legend_labels(frames()))

    def test_barriers_are_told_by_kind(self):
        (label,) = [label for label in legend_labels(full()) if "阻隔" in label]
        assert "河流、铁路、快速路、主干路、围墙" in label


class TestPanel:
    def test_a_zone_is_listed_with_what_a_planner_asks_for(self):
        told = str(Text(coverage_map(frames(), FACTS)))
        assert (
            "7号片区 低于下限 建筑面积 2.64 万㎡ 户数 300 户（套） 纳管对象 1 处 "
            "年收支差额 −3.1 万元 拟推荐服务主体 某服务主体 纳管对象名单 铁路家属院"
        ) in told

    def test_without_scripts_the_counts_are_still_there(self):
        told = str(Text(coverage_map(frames(), FACTS)))
        assert "浏览器未启用脚本" in told
        assert "无物业管理 1 处 · 0 户（套），1 处户数不详" in told

    def test_sites_without_boundary_are_told(self):
        bare = sites()
        bare.loc[1, "geometry"] = None
        assert "另有 1 处没有边界，未画在图上。" in coverage_map(frames(sites=bare), FACTS)

    def test_without_zones_the_next_step_is_named(self):
        empty = frames().zones.iloc[:0]
        assert "还没有片区。" in coverage_map(frames(zones=empty), FACTS)

    def test_zones_are_listed_by_number_and_named_ones_last(self):
        zones = drawn("A B C D", zone=["10", "东片", "9", "1"])
        cards = drawing.zone_cards(frames(zones=zones))
        assert [card.name for card in cards] == ["1号片区", "9号片区", "10号片区", "东片"]

    def test_a_zone_without_outline_is_listed_but_not_drawn(self):
        zones = frames().zones
        zones.loc[0, "geometry"] = None
        given = frames(zones=zones)
        cards = drawing.zone_cards(given)
        assert [card.name for card in cards] == ["7号片区"]
        assert drawing.zone_features(zones, cards) == []


class TestSubject:
    def test_a_district_without_sites_is_shown_by_its_areas(self):
        nothing = gpd.GeoDataFrame({"site": []}, geometry=[], crs=4490)
        alone = MapFrames(areas=district(), sites=nothing)
        assert alone.bounds() == pytest.approx(tuple(district().total_bounds))
        assert "还没有片区。" in coverage_map(alone, FACTS)

    def test_a_rate_of_nothing_is_a_dash(self):
        empty = Rate(name="签约率", numerator=0, denominator=0, unit="小区", measure="")
        assert empty.percent == "—"

    def test_missing_columns_and_values_are_unknown(self):
        bare = drawn("A B", site=["1", "2"], status=[None, ""])
        completed = MapFrames(areas=bare[["geometry"]], sites=bare).completed()
        assert completed.sites["status"].tolist() == ["unknown", "unknown"]
        assert completed.sites["households"].isna().all()
        assert completed.areas["level"].tolist() == ["", ""]

    def test_a_status_that_does_not_exist_is_refused(self):
        with pytest.raises(ValueError, match="'covered' is not a valid ServiceStatus"):
            frames(sites=sites(status=["covered"] * 5)).completed()


class TestWords:
    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            pytest.param(words.floor_area(9_999), "9,999 ㎡", id="below ten thousand"),
            pytest.param(words.floor_area(26_400), "2.64 万㎡", id="from ten thousand up"),
            pytest.param(words.floor_area(None), "不详", id="unknown area"),
            pytest.param(words.households(8078), "8,078 户（套）", id="households"),
            pytest.param(words.households(None), "不详", id="unknown households"),
            pytest.param(words.margin(-31_000), "−3.1 万元", id="deficit"),
            pytest.param(words.margin(12_000), "+1.2 万元", id="surplus"),
            pytest.param(words.margin(None), "不详", id="unknown margin"),
        ],
    )
    def test_numbers_carry_their_unit(self, told, expected):
        assert told == expected

    def test_a_card_of_a_planned_site_says_that_nobody_serves_it(self):
        row = {"status": "planned", "zone": "7", "exception": "oversize", "reason": "同社区"}
        assert words.site_card(row) == [
            ("服务状态", "已入方案"),
            ("服务主体", "无"),
            ("户数", "不详"),
            ("建筑面积", "不详"),
            ("建成年代", "不详"),
            ("片区", "7号片区"),
            ("例外", "超过上限，单独成片"),
            ("理由", "同社区"),
        ]

    def test_a_served_site_whose_provider_is_unrecorded_says_unknown(self):
        assert ("服务主体", "不详") in words.site_card({"status": "in_service"})

    def test_a_building_tells_its_compound_or_that_it_is_scattered(self):
        assert words.building_card({"compound": "甲", "storeys": 6.0}) == [
            ("所属小区", "甲"),
            ("层数", "6 层"),
        ]
        assert words.building_card({}) == [("所属小区", "零散楼栋"), ("层数", "不详")]


class TestStatuses:
    def test_every_status_has_word_colour_and_pattern(self):
        every = set(statuses.ServiceStatus)
        assert set(statuses.WORDS) == set(statuses.COLOURS) == set(MARKS) == every

    def test_no_two_patterns_are_the_same(self):
        assert len(set(MARKS.values())) == len(MARKS)

    def test_unknown_households_are_told_apart_from_none(self):
        counts = {count.status: count.told for count in status_counts(sites())}
        assert counts["planned"] == "1 处 · 300 户（套）"
        assert counts["unknown"] == "1 处 · 0 户（套），1 处户数不详"


class TestColouring:
    def test_zones_that_touch_never_share_a_colour(self):
        board = "\n".join(" ".join(f"{r}{c}" for c in range(8)) for r in range(8))
        outlines = np.array(list(city(board).values()))
        colours = zone_colours(outlines)
        near = neighbours(outlines, reach_m=NEIGHBOUR_REACH_M / 3)
        assert [
            (zone, other)
            for zone, others in enumerate(near)
            for other in others
            if colours[zone] == colours[other]
        ] == []

    def test_a_street_between_does_not_make_strangers(self):
        left, right = city("A . . B").values()
        assert len(set(zone_colours(np.array([left, right])))) == 2

    def test_far_zones_use_the_whole_palette(self):
        far = np.array([shapely.box(x, 0, x + 1, 1) for x in range(0, 20_000, 2_000)])
        assert sorted(zone_colours(far)) == sorted(PALETTE)

    def test_with_more_neighbours_than_colours_the_farthest_shares(self):
        crowd = np.array([shapely.box(x, 0, x + 10, 10) for x in range(0, 220, 20)])
        colours = zone_colours(crowd)
        (shared,) = {colour for colour in colours if colours.count(colour) == 2}
        first, second = (n for n, colour in enumerate(colours) if colour == shared)
        assert abs(first - second) >= len(PALETTE) / 2

    def test_a_map_without_zones_needs_no_colour(self):
        assert zone_colours(np.array([], dtype=object)) == []


class TestHeat:
    def test_where_everything_is_served_there_is_no_heat(self):
        assert uncovered_heat(sites(status=["in_service"] * 5)) is None

    def test_a_district_without_heat_has_no_heat_layer(self):
        served = sites(status=["in_service"] * 5)
        assert not any("未覆盖热力图" in label for label in legend_labels(frames(sites=served)))

    def test_households_are_kept_when_they_are_spread(self):
        one = drawn("A A\nA A", status=["unmanaged"], households=[600])
        heat = uncovered_heat(one)
        # 4 hectares seen through a kernel of 300 m, whose own peak is 3 / (π · 3²) per hectare
        assert 600 * 3 / (np.pi * 3**2) * 0.5 < heat.peak_per_hectare < 600 / 4

    def test_the_radius_is_metres_on_the_ground(self):
        point = gpd.GeoDataFrame(
            {"status": ["unmanaged"], "households": [1000.0]},
            geometry=[shapely.Point(120, 39)],
            crs=4490,
        )
        heat = uncovered_heat(point)
        expected = 1000 * 3 / (np.pi * (RADIUS_M / 100) ** 2)
        assert heat.peak_per_hectare == pytest.approx(expected, rel=0.03)

    def test_the_hottest_place_lies_on_the_site(self):
        apart = drawn(
            "A . . . . . . .\n. . . . . . . .\n. . . . . . . B",
            status=["unmanaged", "planned"],
            households=[900, 100],
        )
        heat = uncovered_heat(apart)
        row, column = np.unravel_index(heat.image[..., 3].argmax(), heat.image.shape[:2])
        west, south, east, north = heat.bounds
        rows, columns = heat.image.shape[:2]
        lon = west + (east - west) * (column + 0.5) / columns
        lat = north - (north - south) * (row + 0.5) / rows
        place = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4490).to_crs(GAUSS_KRUEGER)
        away_m = place.distance(apart.to_crs(GAUSS_KRUEGER).geometry.iloc[0])
        assert away_m.iloc[0] < RADIUS_M

    def test_unknown_households_count_as_the_median_and_are_told(self):
        bare = drawn(
            "A B C", status=["unmanaged"] * 3, households=pd.array([100, 300, pd.NA], "Int64")
        )
        assert uncovered_heat(bare).guessed == 1

    def test_without_any_households_it_counts_sites(self):
        bare = drawn("A B", status=["unmanaged"] * 2, households=pd.array([pd.NA] * 2, "Int64"))
        heat = uncovered_heat(bare)
        assert (heat.unit, heat.guessed) == ("site", 0)

    def test_a_wide_district_keeps_the_picture_small(self):
        wide = gpd.GeoDataFrame(
            {"status": ["unmanaged"] * 2, "households": [1.0, 1.0]},
            geometry=[shapely.Point(120, 39), shapely.Point(121, 39)],
            crs=4490,
        )
        assert max(uncovered_heat(wide).image.shape) <= 701

    def test_the_legend_says_that_households_were_guessed(self):
        (label,) = [label for label in legend_labels(frames()) if "未覆盖热力图" in label]
        assert "户（套）/公顷，半径 300 m；1 处户数不详，按中位数计" in label


class TestDrawing:
    def test_land_outside_the_district_is_veiled(self):
        (veil,) = drawing.veil_features(frames(areas=district()))
        outside = shapely.from_geojson(json.dumps(veil["geometry"]))
        middle = shapely.point_on_surface(district().geometry[0])
        assert not outside.covers(middle)

    def test_without_district_nothing_is_veiled(self):
        assert drawing.veil_features(frames()) == []

    def test_an_area_outside_the_view_has_no_label(self):
        far = drawn("A", name=["远"], level=["subdistrict"]).translate(1, 1)
        areas = gpd.GeoDataFrame({"name": ["远"], "level": ["subdistrict"]}, geometry=far)
        (feature,) = drawing.area_features(frames(areas=areas))
        assert feature["properties"]["at"] is None

    def test_coordinates_have_six_decimals(self):
        text = json.dumps(drawing.site_features(sites()))
        assert re.search(r"\d\.\d{7}", text) is None

    def test_the_name_of_a_bent_site_stands_on_the_site(self):
        bent = drawn("A A A\nA . .\nA . .", site=["S1"], status=["unmanaged"])
        (feature,) = drawing.site_features(bent)["unmanaged"]
        lat, lon = feature["properties"]["at"]
        assert bent.geometry[0].contains(shapely.Point(lon, lat))

    def test_a_site_that_is_a_point_is_drawn(self):
        points = sites()
        points["geometry"] = points.representative_point()
        kinds = {
            feature["geometry"]["type"]
            for features in drawing.site_features(points).values()
            for feature in features
        }
        assert kinds == {"Point"}

    def test_a_crossing_is_marked_by_one_character(self):
        told = drawing.crossing_features(lines(["gate", "渡口"], note=["东门", ""]))
        assert [feature["properties"] for feature in told] == [
            {"sign": "门", "name": "大门 东门", "minor": True},
            {"sign": "渡", "name": "渡口", "minor": False},
        ]

    def test_buildings_are_parted_by_whether_a_compound_holds_them(self):
        scattered = drawing.building_features(buildings(), scattered=True)
        assert [feature["properties"]["name"] for feature in scattered] == ["零散楼栋", "三号楼"]
        assert len(drawing.building_features(buildings(), scattered=False)) == 1

    def test_ground_metres_are_metres_on_the_ground(self):
        (square,) = ground_metres(drawn("A", name=["甲"]))
        assert shapely.area(square) == pytest.approx(10_000, rel=0.01)


class TestAssets:
    def test_the_source_map_is_not_asked_for(self):
        assert "sourceMappingURL" not in assets.leaflet_script(assets.NODE_MODULES)

    def test_json_in_a_script_cannot_end_a_line_or_an_element(self):
        assert assets.script_json("</script>\u2028&") == '"\\u003c/script\\u003e\\u2028\\u0026"'


class Visit:
    """A page opened from a file with the network off, and everything that went wrong on it."""

    def __init__(self, browser: Browser, file: Path, *, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self.context = browser.new_context(viewport=size, offline=True)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())


@pytest.fixture
def visit(browser, tmp_path):
    visits = []

    def open_map(shown: MapFrames, *, width: int = 1440, height: int = 900) -> Visit:
        file = tmp_path / "map.html"
        file.write_text(coverage_map(shown, FACTS), encoding="utf-8")
        visits.append(Visit(browser, file, width=width, height=height))
        return visits[-1]

    yield open_map
    for opened in visits:
        opened.context.close()


@pytest.mark.browser
class TestBrowser:
    def test_it_opens_with_the_network_off_and_without_a_complaint(self, visit):
        opened = visit(full())
        opened.page.locator("path.site").first.wait_for()
        assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
        assert opened.complaints == []

    @pytest.mark.parametrize("width", [390, 1440])
    def test_nothing_is_wider_than_the_screen(self, visit, width):
        page = visit(full(), width=width, height=844).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_each_status_is_drawn_with_its_pattern(self, visit):
        page = visit(full()).page
        fills = page.locator("path.site").evaluate_all(
            "all => all.map(p => p.getAttribute('fill'))"
        )
        assert fills == [f"url(#status-{status})" for status in statuses.ServiceStatus]

    def test_the_legend_switches_a_layer_off_and_on(self, visit):
        page = visit(full()).page
        unmanaged = page.get_by_label("无物业管理")
        unmanaged.uncheck()
        assert page.locator("path.site").count() == 4
        unmanaged.check()
        assert page.locator("path.site").count() == 5

    def test_the_heat_map_waits_until_it_is_asked_for(self, visit):
        page = visit(full()).page
        assert page.locator("img.leaflet-image-layer").count() == 0
        page.get_by_label("未覆盖热力图").check()
        page.locator("img.leaflet-image-layer").wait_for()
        assert "heat-shown" in page.locator("#map").get_attribute("class")

    def test_a_name_with_markup_is_shown_as_text_in_card_and_label(self, visit):
        opened = visit(frames(sites=sites(name=[ATTACK] * 5, reason=[ATTACK] * 5)))
        page = opened.page
        page.locator("summary").click()
        page.locator(".zone li button").click()
        card = page.locator(".leaflet-popup .card")
        card.wait_for()
        page.mouse.move(500, 450)
        assert card.locator("h3").text_content() == ATTACK
        assert page.locator(".card img, .card script, .site-label img").count() == 0
        assert page.evaluate("window.attacked") is None
        assert opened.complaints == []

    def test_a_zone_is_chosen_with_the_keyboard(self, visit):
        page = visit(full()).page
        page.locator(".zone-head").focus()
        page.keyboard.press("Enter")
        assert "chosen" in page.locator(".zone").get_attribute("class")
        hatch = page.locator(".leaflet-zones-pane path").get_attribute("fill")
        assert hatch.startswith("url(#hatch-")

    def test_a_site_is_found_by_part_of_its_name_and_opened(self, visit):
        page = visit(full()).page
        page.get_by_label("查找小区、服务主体").fill("家属")
        page.locator("#found button").click()
        assert page.locator(".card h3").text_content() == "铁路家属院"

    def test_a_search_without_result_says_so(self, visit):
        page = visit(full()).page
        page.get_by_label("查找小区、服务主体").fill("没有这个")
        assert page.locator("#found").text_content() == "没有找到"

    def test_zones_can_be_put_in_order_of_their_margin(self, visit):
        zones = drawn("A B C", zone=["1", "2", "3"], margin_yuan=[5.0, -7.0, 1.0])
        page = visit(frames(zones=zones)).page
        page.get_by_label("排序").select_option("margin")
        assert page.locator(".zone-name").all_text_contents() == ["2号片区", "3号片区", "1号片区"]

    def test_buildings_appear_when_they_can_be_told_apart(self, visit):
        page = visit(full()).page
        canvas = page.locator(".leaflet-scattered-pane canvas")
        drawn_pixels = (
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height)"
            ".data.some(value => value > 0)"
        )
        assert canvas.evaluate(drawn_pixels) is True
        for _ in range(8):
            page.get_by_role("button", name="缩小").click()
            page.wait_for_timeout(300)
        assert canvas.evaluate_all(f"all => all.some({drawn_pixels})") is False

    def test_no_two_labels_lie_over_each_other(self, visit):
        page = visit(full()).page
        page.wait_for_timeout(300)
        boxes = page.locator(".label > span:not(.hidden)").evaluate_all(
            "all => all.map(s => s.getBoundingClientRect())"
            ".map(b => [b.left, b.top, b.right, b.bottom])"
        )
        shapes = [shapely.box(*box) for box in boxes]
        assert len(shapes) > 1
        assert not any(
            one.overlaps(other) for n, one in enumerate(shapes) for other in shapes[n + 1 :]
        )

    def test_without_scripts_the_list_is_still_read(self, browser, tmp_path):
        (tmp_path / "map.html").write_text(coverage_map(full(), FACTS), encoding="utf-8")
        context = browser.new_context(java_script_enabled=False, offline=True)
        page = context.new_page()
        page.goto((tmp_path / "map.html").as_uri())
        assert page.get_by_text("7号片区").is_visible()
        assert not page.locator("#find").is_visible()
        context.close()
