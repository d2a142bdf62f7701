"""The audit as a workbook: a row for every value that changed."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ImportBatch, ManagingArea
from maps.auditing.entries import as_marks
from maps.auditing.telling import Difference, Entry, entries_of
from maps.exports.tables import write_xlsx
from maps.notices import Notices

MOST_ENTRIES = 20_000
CHUNK = 500
TOO_MANY = gettext_noop("符合条件的有 {count} 条，一次最多导出 {most} 条。")
NARROW = gettext_noop("请用人员、类别或时间缩小范围。")
NOTHING = Difference(heading="", before="", after="")


def write_entries(
    found: QuerySet[Any, Any], *, area: ManagingArea, now: datetime
) -> tuple[bytes, int]:
    """Return the workbook and how many entries it holds."""
    count = found.count()
    if count > MOST_ENTRIES:
        raise InputError(Fault(TOO_MANY, {"count": count, "most": MOST_ENTRIES}, NARROW))
    rows = [
        _row(entry, each)
        for start in range(0, count, CHUNK)
        for entry in entries_of(as_marks(list(found[start : start + CHUNK])))
        for each in entry.differences or (NOTHING,)
    ]
    frame = pd.DataFrame(rows, columns=list(_row(EMPTY, NOTHING)))
    notices = Notices(
        title=f"{area.name} {gettext('审计')}",
        source=gettext("连片审计记录"),
        data_date=timezone.localdate(now),
        written_at=now,
        is_sample=ImportBatch.objects.filter(is_sample=True).exists(),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        write_xlsx({gettext("审计"): frame}, path, notices)
        return path.read_bytes(), count


EMPTY = Entry(at=datetime.min, person="", done="", kind="", thing="")  # noqa: DTZ901 (never shown)


def _row(entry: Entry, difference: Difference) -> dict[str, str]:
    shown = "" if entry is EMPTY else f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"
    return {
        gettext("时间"): shown,
        gettext("人员"): entry.person,
        gettext("做了什么"): entry.done,
        gettext("类别"): entry.kind,
        gettext("对象"): entry.thing,
        gettext("字段"): difference.heading,
        gettext("变更前"): difference.before,
        gettext("变更后"): difference.after,
        gettext("理由"): entry.reason,
        gettext("说明"): entry.note,
        gettext("请求编号"): entry.request,
        gettext("来自"): entry.address,
    }
