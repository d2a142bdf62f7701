"""What two cities published comes out of counting the rows of their sample files."""

import io
import json
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import timezone

from geo.models import ContractItem

pytestmark = pytest.mark.django_db

REPLIED = date(2025, 9, 22)
"""The day of the reply that names Yangquan's figures."""

yangquan = pytest.mark.parametrize("published", ["yangquan"], indirect=True)
xigang = pytest.mark.parametrize("published", ["xigang"], indirect=True)


def coverage(**options):
    said = io.StringIO()
    call_command("coverage", stdout=said, **options)
    return said.getvalue()


def end_one_contract():
    """Let one compound's contract have ended before the reply, as found out today."""
    item = (
        ContractItem.objects.current()
        .filter(
            contract__provider__kind="private", compound__isnull=False, in_service_from__lt=REPLIED
        )
        .order_by("pk")
        .first()
        or ContractItem.objects.current()
        .filter(contract__provider__kind="private", in_service_from__lt=REPLIED)
        .order_by("pk")
        .first()
    )
    return item, item.end(on=REPLIED - timedelta(days=1), reason="核实：已提前终止")


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

    def test_the_same_rate_is_told_as_values(self):
        told = json.loads(coverage(date=REPLIED, format="json"))
        assert told["date"] == REPLIED.isoformat()
        text = json.dumps(told, ensure_ascii=False)
        assert "建成区小区" in text

    def test_the_rates_of_every_district_are_rows_of_a_sheet(self, tmp_path):
        out = tmp_path / "rates.xlsx"
        coverage(date=REPLIED, format="xlsx", out=out)
        book = openpyxl.load_workbook(out, read_only=True)
        words = {
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        }
        book.close()
        assert any("矿区" in word for word in words)


@xigang
@pytest.mark.usefixtures("published")
class TestXigang:
    def test_the_figures_of_the_reply_stand_under_their_own_names(self):
        assert "物业管理区域 199，楼栋 279，636 万㎡，签约率 100 %" in coverage(
            date=date(2021, 5, 21)
        )

    def test_before_anybody_signed_the_rate_is_nothing(self):
        told = coverage(date=date(1990, 1, 1), rate="签约率/物业管理区域")
        assert "100 %" not in told
