"""What two cities published comes out of counting the rows of their sample files."""

import io
import json
from contextlib import closing
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import timezone

from geo.models import ContractItem, ManagingArea
from geo.words import AreaLevel
from layers.planning.publish_table import publish_table, recount

pytestmark = pytest.mark.django_db

REPLIED = date(2025, 9, 22)
"""The day of the reply that names Yangquan's figures."""

yangquan = pytest.mark.parametrize("published", ["yangquan"], indirect=True)
xigang = pytest.mark.parametrize("published", ["xigang"], indirect=True)


def coverage(*words, **options):
    said = io.StringIO()
    call_command("coverage", *words, stdout=said, **options)
    return said.getvalue()


def end_one_contract():
    """Let one compound's contract have ended the day before the reply, as found out now."""
    running = ContractItem.objects.current().filter(
        contract__provider__kind="private", in_service_from__lt=REPLIED - timedelta(days=1)
    )
    last_day = REPLIED - timedelta(days=1)
    running.order_by("pk")[0].end(on=last_day, reason="核实：已提前终止")


def frozen(area, on):
    """Return the table of an area as it is published."""
    known = timezone.now()
    return publish_table(area, name="公布表", document="", valid=on, known=known, by=None)


def row_of(table, rate, unit):
    """Return covered, total and percentage of the area itself."""
    return next(
        (row["covered"], row["total"], row["percent"])
        for row in table.content
        if (row["area"], row["rate"], row["unit"]) == (table.area.code, rate, unit)
    )


@yangquan
@pytest.mark.usefixtures("published")
class TestYangquan:
    def test_the_figures_of_the_reply_stand_under_their_own_names(self):
        told = coverage(date=REPLIED)
        assert (
            "建成区小区 961；老旧 401 = 41.73 %；物业企业服务 881 = 91.68 %；"
            "业主委员会 288 + 物管会 673 = 组建率 100 %"
        ) in told

    def test_one_contract_less_makes_880_and_as_known_before_it_is_still_881(self):
        before = timezone.now()
        end_one_contract()
        assert "物业企业服务 880 = 91.57 %" in coverage(date=REPLIED)
        assert "物业企业服务 881 = 91.68 %" in coverage(date=REPLIED, known=before)

    def test_the_table_as_published_outlives_a_correction(self):
        table = frozen(ManagingArea.objects.get(level=AreaLevel.CITY), REPLIED)
        end_one_contract()
        assert row_of(table, "firm", "compound") == (881, 961, "91.68 %")
        assert recount(table).is_same
        later = frozen(table.area, REPLIED)
        assert row_of(later, "firm", "compound") == (880, 961, "91.57 %")

    def test_the_same_rate_is_told_as_values(self):
        told = json.loads(coverage(date=REPLIED, format="json"))
        assert told["date"] == REPLIED.isoformat()
        text = json.dumps(told, ensure_ascii=False)
        assert "建成区小区" in text

    def test_the_rates_of_every_district_are_rows_of_a_sheet(self, tmp_path):
        out = tmp_path / "rates.xlsx"
        coverage(date=REPLIED, format="xlsx", out=out)
        with closing(openpyxl.load_workbook(out, read_only=True)) as book:
            rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        assert [961, 881] in [[cell for cell in row if cell in {961, 881}][::-1] for row in rows]


@xigang
@pytest.mark.usefixtures("published")
class TestXigang:
    def test_the_figures_of_the_reply_stand_under_their_own_names(self):
        assert "物业管理区域 199，楼栋 279，636 万㎡，签约率 100 %" in coverage(
            date=date(2021, 5, 21)
        )

    def test_the_table_of_management_areas_is_published_as_it_was_told(self):
        table = frozen(ManagingArea.objects.get(level=AreaLevel.DISTRICT), date(2021, 5, 21))
        assert row_of(table, "signed", "management_area") == (199, 199, "100 %")
        assert row_of(table, "signed", "building")[1] == 279
        assert recount(table).is_same

    def test_before_anybody_signed_the_rate_is_nothing(self):
        told = coverage("--date", "1990-01-01", "--rate", "签约率/物业管理区域")
        assert "100 %" not in told
