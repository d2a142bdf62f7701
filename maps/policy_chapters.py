"""A policy as chapters: what the document says, with quotes, and what the default adds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from geo.errors import gettext_noop
from layers.policy import Policy, Quote
from maps import policy_articles as articles
from maps import policy_words as words
from maps.policy_articles import NO_QUOTE, Article

Translate = Callable[[str], str]
PAST = gettext_noop("历史政策")
NOT_SAID = gettext_noop("文件未规定")
FIGURES = {
    "compounds": gettext_noop("小区 {given:,.0f} 个"),
    "old_compounds": gettext_noop("老旧小区 {given:,.0f} 个"),
    "served_by_firm": gettext_noop("物业企业服务小区 {given:,.0f} 个"),
    "owners_committees": gettext_noop("业主委员会 {given:,.0f} 个"),
    "management_committees": gettext_noop("物业管理委员会 {given:,.0f} 个"),
    "management_areas": gettext_noop("物业管理区域 {given:,.0f} 个"),
    "buildings": gettext_noop("楼栋 {given:,.0f} 栋"),
    "floor_area_m2": gettext_noop("建筑面积 {given:,.0f} ㎡"),
    "signed_share": gettext_noop("签约率 {given:.0%}"),
}
"""Of the figures that a document reports; another goes by its own name."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a policy, in words."""

    text: str
    is_default: bool = False
    """Whether the city's document leaves it open, so that the default applies."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Rules that rest on one paragraph of the document."""

    name: str
    rules: tuple[Rule, ...]
    quote: Quote | None
    status: str
    """Of the quote, in words."""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Rules that belong together."""

    title: str
    told: tuple[Told, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of its rules."""
        return tuple(rule for told in self.told for rule in told.rules)


def chapters_of(
    policy: Policy, *, on_date: date | None = None, translate: Translate = str
) -> list[Chapter]:
    """Return the rules of a policy as sentences, in the language of `translate`.

    A rule whose time was over on the day is told as one of the past (历史政策). A chapter of which
    the document says nothing says so; the default policy has none of those.
    """
    teller = _Teller(policy, on_date, translate)
    chapters = [
        Chapter(title=translate(title), told=tuple(told)) for title, told in teller.chapters()
    ]
    return [chapter for chapter in chapters if chapter.told]


class _Teller:
    def __init__(self, policy: Policy, on_date: date | None, translate: Translate) -> None:
        self.policy, self.on_date, self.translate = policy, on_date, translate

    def chapters(self) -> Iterator[tuple[str, Iterator[Told]]]:
        policy = self.policy
        yield gettext_noop("依据"), self.source()
        yield gettext_noop("老旧认定"), self.old()
        yield gettext_noop("管理模式（自上而下，先符合的先用）"), self.said(articles.modes(policy))
        yield gettext_noop("连片"), self.numbers("bundling", words.bundling_said(policy))
        yield gettext_noop("门槛"), self.numbers("thresholds", words.thresholds_said(policy))
        yield gettext_noop("分区做法"), self.some(articles.districts(policy))
        yield gettext_noop("资金"), self.said(articles.money(policy))
        yield (
            gettext_noop("收支测算（筛查用，不是账单）"),
            self.numbers("money", words.money_said(policy)),
        )
        yield gettext_noop("服务主体"), self.providers()
        yield gettext_noop("兜底"), self.said(articles.backstops(policy))
        yield gettext_noop("目标节点"), self.said(articles.milestones(policy))
        yield gettext_noop("口径"), self.numbers("coverage", words.coverage_said(policy))
        yield gettext_noop("评价"), self.said(articles.evaluation(policy))
        yield (
            gettext_noop("考评数值（只供提示，由有权单位决定）"),
            self.numbers("assessment", words.assessment_said(policy)),
        )
        yield gettext_noop("政府指导价"), self.said(articles.price(policy))
        yield gettext_noop("业主组织"), self.said(articles.committee(policy))
        yield gettext_noop("文件公布的数"), self.published()
        yield gettext_noop("怎样算相邻"), self.numbers("links", words.links_said(policy))
        yield (
            gettext_noop("数据不全时的推算"),
            self.numbers("derive", words.derive_said(policy)),
        )

    def told(self, rules: tuple[Rule, ...], *, name: str = "", quote: Quote = NO_QUOTE) -> Told:
        return Told(
            name=name,
            rules=rules,
            quote=None if quote == NO_QUOTE else quote,
            status="" if quote == NO_QUOTE else self.status_of(quote),
        )

    def status_of(self, quote: Quote) -> str:
        is_over = self.on_date and quote.valid_to and quote.valid_to < self.on_date
        return self.translate(PAST if is_over else words.STATUSES[quote.status])

    def source(self) -> Iterator[Told]:
        source = self.policy.source
        texts = [f"{source.kind} {source.doc}"]
        if source.law:
            texts.append(self.translate(gettext_noop("所依：{law}")).format(law=source.law))
        if source.goal_ends:
            text = self.translate(gettext_noop("目标期限至 {day}"))
            texts.append(text.format(day=source.goal_ends))
        quote = self.policy.quotes.get("source", NO_QUOTE)
        yield self.told(tuple(Rule(text=text) for text in texts), quote=quote)

    def old(self) -> Iterator[Told]:
        if self.policy.old_rule:
            quote = self.policy.quotes.get("old", NO_QUOTE)
            yield self.told((Rule(text=self.policy.old_rule),), quote=quote)
        yield from self.numbers("", words.old_said(self.policy))

    def providers(self) -> Iterator[Told]:
        yield from self.some(articles.providers(self.policy))
        yield from self.numbers("providers", words.providers_said(self.policy))

    def published(self) -> Iterator[Told]:
        rules = tuple(
            Rule(text=self.translate(FIGURES.get(name, name + " {given:g}")).format(given=figure))
            for name, figure in self.policy.published.items()
        )
        if rules:
            yield self.told(rules, quote=self.policy.quotes.get("published", NO_QUOTE))

    def numbers(self, table: str, said: words.Said) -> Iterator[Told]:
        """Tell the numbers of a table: first what the document says, then what the default adds."""
        rules = [
            Rule(
                text=self.translate(text).format(**values),
                is_default=key in self.policy.taken_from_default,
            )
            for key, text, values in said
        ]
        quote = self.policy.quotes.get(table, NO_QUOTE)
        own = tuple(rule for rule in rules if not rule.is_default)
        taken = tuple(rule for rule in rules if rule.is_default)
        if own:
            yield self.told(own, quote=quote)
        if taken:
            yield self.told(taken)

    def said(self, found: Iterator[Article]) -> Iterator[Told]:
        """Tell the articles of a document, or that it has none."""
        told = list(self.some(found))
        if not told and self.policy.taken_from_default:
            told = [self.told((Rule(text=self.translate(NOT_SAID)),))]
        yield from told

    def some(self, found: Iterator[Article]) -> Iterator[Told]:
        for article in found:
            rules = tuple(
                Rule(text=self.translate(text).format(**values)) for text, values in article.lines
            )
            name = self.translate(article.name) if article.name else ""
            yield self.told(rules, name=name, quote=article.quote)
