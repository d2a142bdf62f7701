"""The modes of an area as a file: a sheet for the counts and one for the sites, or CSV."""

import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from django.utils.translation import gettext

from geo.errors import gettext_noop
from geo.models import ImportBatch
from maps.exports.columns import guarded, is_text_column
from maps.exports.rows import write_rows
from maps.exports.shapefile import write_zip
from maps.mode_sheet.counts import Count
from maps.mode_sheet.rows import Row
from maps.mode_sheet.sheet import Sheet
from maps.notices import Notices

HEADINGS = (
    gettext_noop("编码"),
    gettext_noop("名称"),
    gettext_noop("类别"),
    gettext_noop("辖区"),
    gettext_noop("户（套）"),
    gettext_noop("管理模式"),
    gettext_noop("决定条件"),
    gettext_noop("待核实"),
    gettext_noop("改为其他模式的条件"),
)
MEASURE = gettext_noop("按政策所列次序，取第一个条件全部符合的模式；不详的条件不作是否判断。")


def cells(rows: Sequence[Row]) -> list[tuple[str | float | None, ...]]:
    """Return the cells of each row, in the order of the headings."""
    return [
        (
            *(row.code, row.name, row.kind, row.area, row.households, row.mode),
            *(row.decided_by, row.missing, "；".join(row.otherwise)),
        )
        for row in rows
    ]


def notices_of(sheet: Sheet) -> Notices:
    """Return what must be said with the table."""
    return Notices(
        title=f"{sheet.area.name} {gettext('管理模式')}",
        source=gettext("连片台账"),
        data_date=sheet.asked.valid,
        written_at=sheet.asked.known,
        measure=gettext(MEASURE),
        policy=sheet.policy.name,
        is_sample=ImportBatch.objects.filter(is_sample=True).exists(),
    )


def as_xlsx(sheet: Sheet, rows: Sequence[Row]) -> bytes:
    """Return a workbook with the sites."""
    file = io.BytesIO()
    headings = [gettext(each) for each in HEADINGS]
    write_rows(file, gettext("管理模式"), headings, cells(rows), notices_of(sheet))
    return file.getvalue()


def as_csv(sheet: Sheet, rows: Sequence[Row]) -> bytes:
    """Return a zip with the sites, the counts and what must be said with them."""
    frame = pd.DataFrame(cells(rows), columns=[gettext(each) for each in HEADINGS])
    members = {
        "管理模式.csv": _csv(frame),
        "汇总.csv": _csv(_counted(sheet.counts)),
        "说明.txt": notices_of(sheet).text().encode("utf-8-sig"),
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "modes.zip"
        write_zip(path, members)
        return path.read_bytes()


def _counted(counts: Sequence[Count]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            gettext("管理模式"): [each.name for each in counts],
            gettext("纳管对象（处）"): [each.sites for each in counts],
            gettext("户（套）"): [each.households for each in counts],
            gettext("户数不详（处）"): [each.households_unknown for each in counts],
            gettext("建筑面积（㎡）"): [each.floor_area_m2 for each in counts],
        }
    )


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.apply(lambda values: values.map(guarded) if is_text_column(values) else values)
    table: str = safe.to_csv(index=False, lineterminator="\r\n")
    return table.encode("utf-8-sig")
