"""Tables of rates as they were published: nothing that is learned later changes them."""

import io
from contextlib import closing
from datetime import date

import openpyxl
import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from geo.errors import InputError
from layers.models import PublishedTable
from layers.planning.publish_table import content_hash, publish_table, recount
from maps.models import Role
from tests.maps.ledgers import signed_in, street_with_ledger
from tests.rows import area, compound, covers

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 30)


@pytest.fixture
def street():
    place = street_with_ledger()
    place.item = covers(place.firm, place.first, signed_on=date(2024, 1, 1))
    return place


def published(place, *, name="六月覆盖情况", known=None):
    known = known or timezone.now()
    said = {"document": "滨建〔2025〕7号", "by": None, "valid": ON, "known": known}
    return publish_table(place.district, name=name, **said)


def firm_row(content, area):
    return next(
        (row["covered"], row["total"], row["percent"])
        for row in content
        if (row["area"], row["rate"], row["unit"]) == (area, "firm", "compound")
    )


def test_a_table_holds_the_rates_of_an_area_and_of_those_below(street):
    table = published(street)
    assert firm_row(table.content, "2101") == (1, 3, "33.33 %")
    assert firm_row(table.content, "210101") == (1, 2, "50.00 %")
    assert table.content_hash == content_hash(table.content)


def test_a_merger_and_a_later_correction_change_no_published_table(street):
    table = published(street)
    street.item.end(on=date(2025, 1, 1), reason="核实：已提前终止")
    street.second.merged_into = street.first
    street.second.save()
    now = timezone.now()
    compound("NEW", area=street.street, recorded_at=now, changed_at=now)
    anew = recount(PublishedTable.objects.get(pk=table.pk))
    assert (anew.is_same, anew.differing) == (True, ())
    newer = published(street, name="更正后")
    assert (newer.number, firm_row(newer.content, "2101")) == (2, (0, 4, "0 %"))
    assert newer.content_hash != table.content_hash


def test_what_is_published_is_neither_changed_nor_removed(street):
    table = published(street)
    for change in (
        lambda: PublishedTable.objects.filter(pk=table.pk).update(name="另一个"),
        lambda: PublishedTable.objects.filter(pk=table.pk).delete(),
    ):
        refused = pytest.raises((IntegrityError, InternalError), match="never changed")
        with refused, transaction.atomic():
            change()


def test_a_table_that_the_facts_no_longer_give_is_told_row_by_row(street):
    table = published(street)
    table.content = [row | {"covered": 9.0} for row in table.content]
    table.content_hash = content_hash(table.content)
    anew = recount(table)
    assert not anew.is_same
    assert len(anew.differing) == len(table.content)
    assert firm_row([after for _, after in anew.differing], "2101") == (1, 3, "33.33 %")


def test_a_table_without_name_or_without_anything_to_count_is_refused(street):
    empty = area("210103", parent=street.district)
    said = {"document": "", "by": None, "valid": ON, "known": timezone.now()}
    with pytest.raises(InputError) as found:
        publish_table(empty, name="  ", **said)
    assert [fault.text for fault in found.value.faults] == [
        "公布的统计表须有名称。",
        "{area}在 {day} 没有可统计的对象，无法公布。",
    ]


def test_who_approves_publishes_and_everybody_who_may_see_reads_and_takes_it_along(street):
    approver = signed_in(Role.APPROVER, street.district)
    viewer = signed_in(Role.VIEWER, street.district)
    address = f"/areas/{street.district.code}/tables/"
    assert "冻结并公布" not in viewer.get(address).content.decode()
    assert viewer.post(f"{address}publish/", {"name": "x"}).status_code == 404
    answer = approver.post(f"{address}publish/?date={ON}", {"name": "六月覆盖情况"})
    assert answer["Location"] == f"{address}1/"
    page = viewer.get(f"{address}1/").content.decode()
    table = PublishedTable.objects.get()
    assert table.content_hash in page
    assert "已按当时所知重新计算，与公布的表一致。" in page
    assert table.published_by == approver.user
    file = viewer.get(f"{address}1/table.xlsx").content
    with closing(openpyxl.load_workbook(io.BytesIO(file), read_only=True)) as book:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        about = [
            str(cell) for row in book.worksheets[1].iter_rows(values_only=True) for cell in row
        ]
    assert (street.district.name, 1, 3) in [(row[1], row[4], row[5]) for row in rows]
    assert any(table.content_hash in cell for cell in about)


def test_milestones_are_shown_with_their_paragraph_and_what_is_missing(street):
    street.district.name = "中山区"
    street.district.save()
    viewer = signed_in(Role.VIEWER, street.district)
    address = f"/areas/{street.district.code}/milestones/"
    page = viewer.get(f"{address}?policy=dalian-2018&date=2020-06-30").content.decode()
    assert "2019年12月底前,市内五区完成60%以上无人管理老旧住宅小区推进工作" in page
    assert "台账中没有名为“无人管理老旧住宅小区”的底数。" in page
    assert "历史政策" not in page
    assert "历史政策" in viewer.get(f"{address}?policy=dalian-2018").content.decode()
    told = viewer.get(f"{address}?policy=default")
    assert told.status_code == 400
    assert "政策“default”没有目标节点。" in told.content.decode()
