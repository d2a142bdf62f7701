"""What the overview is made of: days, classes, trends, numbers, the density in metres."""

import zlib
from datetime import date

import numpy as np
import pytest
import shapely
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.coverage import Measure, Unit
from maps.asked import Asked
from maps.coverage_map.density import (
    CELLS_OF_RADIUS,
    mercator_picture,
    png,
    quartic_density,
    quartic_kernel,
)
from maps.overview.calendar import MONTHS_MAX, calendar_of
from maps.overview.choice import Choice, choice_of
from maps.overview.classes import CLASSES, class_of
from maps.overview.figures import told
from maps.overview.heat import heat_choice
from maps.overview.numbers import Amount
from maps.overview.outlines import simplified
from maps.overview.page import shown_first
from maps.overview.sparkline import HEIGHT, WIDTH, sparkline

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1990, 1, 1), date(2035, 1, 1))
ANY_DAY = st.dates()


def asks(query=""):
    return RequestFactory().get(f"/{query}")


def chosen(query=""):
    return choice_of(asks(query), shown_first())


def faults_of(query):
    with pytest.raises(InputError) as refused:
        chosen(query)
    return [fault.sentence(str) for fault in refused.value.faults]


class TestCalendar:
    def test_the_slider_stops_at_the_ends_of_months_and_today(self):
        told = calendar_of(first=date(2026, 9, 3), today=TODAY, shown=TODAY)
        stops = [told.days[stop] for stop in told.replayed]
        assert stops == [date(2026, 9, 30), date(2026, 10, 31), TODAY]

    def test_the_change_is_counted_from_thirty_days_before(self):
        told = calendar_of(first=date(2026, 9, 3), today=TODAY, shown=TODAY)
        assert told.days[told.before] == date(2026, 10, 23)
        assert told.before not in told.replayed

    def test_december_is_followed_by_january(self):
        told = calendar_of(first=date(2024, 12, 1), today=date(2025, 1, 31), shown=TODAY)
        assert told.days[:2] == (date(2024, 12, 31), date(2025, 1, 31))

    @given(first=DAYS, today=DAYS, shown=ANY_DAY)
    def test_whatever_is_asked_the_day_is_among_few_ascending_days(self, first, today, shown):
        told = calendar_of(first=first, today=today, shown=shown)
        assert list(told.days) == sorted(set(told.days))
        assert len(told.days) <= MONTHS_MAX + 3
        assert told.days[told.here] == shown
        assert told.here in told.replayed
        assert told.days[told.before].toordinal() == max(1, shown.toordinal() - 30)
        assert told.trend[-1] == told.here
        assert len(told.trend) <= 13


class TestClasses:
    @given(st.floats(0, 100))
    def test_every_rate_is_of_exactly_one_class(self, percent):
        assert sum(each.holds(percent) for each in CLASSES) == 1

    @pytest.mark.parametrize(
        ("percent", "words"),
        [(0, "50 % 以下"), (50, "50–70 %"), (99.99, "95–100 %"), (100, "全覆盖")],
    )
    def test_a_rate_on_the_border_is_of_the_class_above(self, percent, words):
        assert CLASSES[class_of(percent)].words == words

    def test_no_rate_is_of_no_class(self):
        assert class_of(None) is None

    def test_the_less_is_covered_the_denser_are_the_lines(self):
        distances = [each.lines_px or 99 for each in CLASSES]
        assert distances == sorted(distances)


class TestSparkline:
    @given(st.lists(st.none() | st.floats(0, 100), max_size=14))
    def test_the_line_stays_in_its_box(self, percents):
        points = [tuple(map(float, point.split(","))) for point in sparkline(percents).split()]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        known = [each for each in percents if each is not None]
        assert len(points) == (len(known) if len(known) > 1 else 0)

    def test_what_rises_ends_higher(self):
        points = sparkline([10, 20, 30]).split()
        assert float(points[-1].split(",")[1]) < float(points[0].split(",")[1])

    def test_what_hardly_moves_does_not_look_wild(self):
        low, high = (float(point.split(",")[1]) for point in sparkline([50, 50.1]).split())
        assert low - high < HEIGHT / 10


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "unit", "short", "exact"),
        [
            (9_999, Unit.COMPOUND, "9,999", "9,999 个"),
            (10_000, Unit.BUILDING, "1.00 万", "10,000 栋"),
            (4_921_234.4, Unit.FLOOR_AREA, "492.12 万", "4,921,234 ㎡"),
            (12, Unit.MANAGEMENT_AREA, "12", "12 个"),
            (345, Unit.HOUSEHOLD, "345", "345 户（套）"),
        ],
    )
    def test_ten_thousands_are_said_in_wan_and_exactly(self, number, unit, short, exact):
        amount = Amount(number, unit)
        assert (amount.short, amount.exact) == (short, exact)
        assert str(amount) == f"{short} {amount.counter}"

    def test_what_is_not_complete_never_reads_a_hundred(self):
        assert told([99.999, 100.0, float("nan"), 43.666]) == (99.99, 100.0, None, 43.67)


class TestChoice:
    def test_the_policys_own_rate_comes_first(self):
        assert chosen() == Choice(measure=Measure.FIRM, unit=Unit.COMPOUND)

    def test_rate_unit_and_internal_target_are_asked_by_the_address(self):
        wanted = Choice(measure=Measure.SIGNED, unit=Unit.HOUSEHOLD, target_percent=95)
        assert chosen("?rate=signed&unit=household&target=95") == wanted

    def test_every_fault_is_told_at_once_with_what_is_allowed(self):
        said = faults_of("?rate=all&unit=km&target=many")
        assert "没有指标“all”。" in said[0]
        assert "firm（物业企业服务覆盖率）" in said[0]
        assert "没有单位“km”。" in said[1]
        assert "目标“many”不是 0 到 100 之间的数。" in said[2]

    @pytest.mark.parametrize("target", ["101", "-1", "nan", "inf"])
    def test_a_target_is_a_share(self, target):
        assert f"目标“{target}”" in faults_of(f"?target={target}")[0]

    def test_an_address_carries_all_that_was_asked(self):
        known = np.datetime64("2026-05-01").astype(object)
        choice = chosen("?rate=any&target=90")

        class Said(Asked):
            query = "?date=2026-03-01&known=2026-04-30"

        asked = Said(valid=known, known=known, is_today=False)
        assert choice.query(asked) == (
            "?rate=any&unit=compound&target=90&date=2026-03-01&known=2026-04-30"
        )
        assert choice.query(asked, date="2026-01-31").count("date=") == 1

    def test_a_share_of_old_compounds_is_no_aim(self):
        assert not chosen("?rate=old").has_target

    def test_the_heat_map_is_asked_for_by_what_is_offered(self):
        assert heat_choice(asks("?radius=150&weight=sites"), "city").radius_m == 150
        assert heat_choice(asks(), "city").radius_m > heat_choice(asks(), "community").radius_m
        with pytest.raises(InputError) as refused:
            heat_choice(asks("?radius=7&weight=money"), "city")
        said = [fault.sentence(str) for fault in refused.value.faults]
        assert "没有半径“7”。" in said[0]
        assert "没有权重“money”。" in said[1]


class TestDensity:
    def test_one_place_is_the_kernel_itself(self):
        density = quartic_density(np.array([[5000.0, 7000.0]]), np.array([300.0]), radius_m=200)
        peak = 3 / (np.pi * 200**2) * 300 * 10_000
        at_place = density.at(np.array([5000.0]), np.array([7000.0]))
        assert at_place == pytest.approx([peak], rel=0.02)
        half = density.at(np.array([5100.0]), np.array([7000.0]))
        assert half == pytest.approx([peak * (1 - 0.25) ** 2], rel=0.03)

    def test_beyond_the_radius_nothing_is_felt(self):
        density = quartic_density(np.array([[0.0, 0.0]]), np.array([9.0]), radius_m=100)
        cell = 100 / CELLS_OF_RADIUS
        beyond = density.at(np.array([101 + cell, -300.0]), np.array([0.0, 0.0]))
        assert beyond == pytest.approx([0, 0], abs=1e-9)

    @settings(max_examples=30, deadline=None)
    @given(
        places=st.lists(
            st.tuples(st.floats(0, 5000), st.floats(0, 5000), st.floats(0, 900)),
            min_size=1,
            max_size=20,
        ),
        radius_m=st.sampled_from([150, 500, 2000]),
    )
    def test_what_was_there_is_all_there(self, places, radius_m):
        rows = np.array(places)
        density = quartic_density(rows[:, :2], rows[:, 2], radius_m=radius_m)
        total = density.per_hectare.sum() * density.cell_m**2 / 10_000
        assert total == pytest.approx(rows[:, 2].sum(), rel=1e-6, abs=1e-6)

    def test_the_kernel_is_round_and_whole(self):
        kernel = quartic_kernel(8)
        assert kernel.sum() == pytest.approx(1)
        assert np.array_equal(kernel, kernel.T)
        assert kernel[0].max() == 0

    def test_the_picture_lies_where_the_places_are(self):
        lonlat, radius_m = np.array([[121.62, 38.91]]), 300

        def to_metric(lon, lat):
            x = (lon - 121) * 111_320 * np.cos(np.radians(38.91))
            return x, (lat - 38) * 110_950

        xy_m = np.column_stack(to_metric(*lonlat.T))
        density = quartic_density(xy_m, np.array([1.0]), radius_m=radius_m)
        picture = mercator_picture(
            density, bounds=(121.61, 38.90, 121.64, 38.93), to_metric=to_metric
        )
        west, south, east, north = picture.bounds
        rows, columns = picture.per_hectare.shape
        row, column = np.unravel_index(picture.per_hectare.argmax(), (rows, columns))
        assert west + (column + 0.5) / columns * (east - west) == pytest.approx(121.62, abs=1e-4)
        assert north - (row + 0.5) / rows * (north - south) == pytest.approx(38.91, abs=1e-4)

    def test_a_png_holds_the_pixels(self):
        pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
        data = png(pixels)
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        body = data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8]
        lines = zlib.decompress(body)
        assert lines == b"\0" + pixels[0].tobytes() + b"\0" + pixels[1].tobytes()


class TestOutlines:
    def test_neighbours_keep_their_border(self):
        steps = [(0.5 + 0.01 * (n % 2), n / 40) for n in range(41)]
        left = shapely.Polygon([(0, 0), *steps, (0, 1)])
        right = shapely.Polygon([(1, 0), *steps, (1, 1)])
        simple = simplified([left, right])
        assert shapely.area(simple).sum() == pytest.approx(1, rel=0.02)
        assert shapely.area(shapely.intersection(*simple)) == pytest.approx(0)

    def test_nothing_stays_nothing(self):
        assert len(simplified([])) == 0
