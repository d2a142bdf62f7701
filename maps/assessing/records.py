"""One record of assessment in words: what it says, who said it, since when it is on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from geo.errors import gettext_noop
from geo.models import Fact
from geo.quarters import Quarter
from geo.readers import Kind
from layers.planning.read_assessed import Places

DAY, WHERE, PROVIDER = gettext_noop("日期"), gettext_noop("小区或辖区"), gettext_noop("服务主体")
PERIOD, QUARTER, DOCUMENT = gettext_noop("期间"), gettext_noop("季度"), gettext_noop("文号")
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EVENT: (
        *(DAY, gettext_noop("事件类型"), gettext_noop("问题类别"), WHERE),
        *(gettext_noop("来源渠道"), gettext_noop("处理结果"), DOCUMENT),
    ),
    Kind.SCORE: (
        *(QUARTER, PROVIDER, WHERE, gettext_noop("评议主体"), gettext_noop("得分")),
        *(gettext_noop("参评人数"), DOCUMENT),
    ),
    Kind.QUARTER_GRADE: (QUARTER, PROVIDER, WHERE, gettext_noop("等次"), DOCUMENT),
    Kind.CHECK: (DAY, WHERE, gettext_noop("创建项"), gettext_noop("是否达标"), DOCUMENT),
    Kind.TREATMENT: (
        *(DAY, WHERE, gettext_noop("政策"), gettext_noop("处理方式"), gettext_noop("决定")),
        DOCUMENT,
    ),
    Kind.SUBSIDY: (
        *(PERIOD, PROVIDER, WHERE, gettext_noop("补贴名称"), gettext_noop("算式")),
        *(gettext_noop("金额（元）"), gettext_noop("业主表决文号"), DOCUMENT),
    ),
    Kind.COLLECTION: (
        *(PERIOD, WHERE, PROVIDER, gettext_noop("应收（元）"), gettext_noop("实收（元）")),
        DOCUMENT,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of the list."""

    pk: int
    cells: tuple[tuple[str, str], ...]
    """Heading and text."""
    source: str
    recorded: Any
    late_reason: str


def headings_of(kind: Kind) -> list[str]:
    """Return the headings of a kind's list."""
    return [gettext(each) for each in COLUMNS[kind]]


def row_of(kind: Kind, fact: Any, places: Places) -> Record:
    """Return a record in words."""
    texts = _TEXTS[kind](fact, _Names(places))
    return Record(
        pk=fact.pk,
        cells=tuple(zip(headings_of(kind), (text or "—" for text in texts), strict=True)),
        source=gettext(fact.source) if fact.source else "",
        recorded=fact.recorded_at,
        late_reason=fact.late_reason,
    )


class _Names:
    """What compounds, areas and providers are called."""

    def __init__(self, places: Places) -> None:
        self.places = places

    def where(self, fact: Any) -> str:
        if fact.compound_id is not None:
            place = self.places.compounds[fact.compound_id]
            return place.name or place.code
        return self.places.areas[fact.area_id][1] if fact.area_id else gettext("小区以外")

    def provider(self, fact: Any) -> str:
        return self.places.providers[fact.provider_id][1] if fact.provider_id else ""


def _quarter(fact: Fact) -> str:
    return str(Quarter.of(fact.valid_from)) if fact.valid_from else ""


def _period(fact: Fact) -> str:
    return f"{fact.valid_from} — {fact.valid_to}"


def formula_of(fact: Any) -> str:
    """Return the way that a subsidy was worked out, as it is reckoned."""
    parts = [f"{fact.standard.normalize():f}"]
    if fact.quantity != 1:
        parts.append(f"{fact.quantity.normalize():f}")
    if fact.months != 1:
        parts.append(gettext("{months} 个月").format(months=fact.months))
    if fact.factor != 1 or fact.grade:
        grade = gettext(fact.get_grade_display()) if fact.grade else gettext("系数")
        parts.append(f"{grade} {fact.factor.normalize():f}")
    return f"{gettext(fact.get_basis_display())}：{' × '.join(parts)}"


_TEXTS: Mapping[Kind, Callable[[Any, _Names], tuple[str, ...]]] = {
    Kind.EVENT: lambda fact, names: (
        *(str(fact.valid_from), fact.get_kind_display(), fact.get_category_display()),
        *(names.where(fact), fact.channel, fact.get_result_display(), fact.document),
    ),
    Kind.SCORE: lambda fact, names: (
        *(_quarter(fact), names.provider(fact), names.where(fact), fact.party, str(fact.score)),
        *("" if fact.voters is None else str(fact.voters), fact.document),
    ),
    Kind.QUARTER_GRADE: lambda fact, names: (
        *(_quarter(fact), names.provider(fact), names.where(fact), fact.get_grade_display()),
        fact.document,
    ),
    Kind.CHECK: lambda fact, names: (
        *(str(fact.valid_from), names.where(fact), fact.item),
        *(gettext("达标") if fact.is_met else gettext("未达标"), fact.document),
    ),
    Kind.TREATMENT: lambda fact, names: (
        *(str(fact.valid_from), names.where(fact), fact.policy, fact.treatment),
        *(fact.get_verdict_display(), fact.document),
    ),
    Kind.SUBSIDY: lambda fact, names: (
        *(_period(fact), names.provider(fact), names.where(fact), fact.line, formula_of(fact)),
        *(f"{fact.amount_yuan:,}", fact.vote, fact.document),
    ),
    Kind.COLLECTION: lambda fact, names: (
        *(_period(fact), names.where(fact), names.provider(fact), f"{fact.due_yuan:,}"),
        *(f"{fact.received_yuan:,}", fact.document),
    ),
}
