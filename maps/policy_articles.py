"""What a document says besides numbers, as articles: a rule in words with its quote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from geo.errors import gettext_noop
from geo.words import ProviderKind
from layers.policy import Asked, MoneyLine, Policy, Quote

NO_QUOTE = Quote()
Line = tuple[str, Mapping[str, object]]
"""A sentence and its values."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """One rule of a document: its name, what it says, and the quote that it rests on."""

    name: str = ""
    lines: tuple[Line, ...] = ()
    quote: Quote = NO_QUOTE


def _lines(**said: object) -> tuple[Line, ...]:
    """Return a line for each thing that is said; what is not said is not told."""
    return tuple(
        (SENTENCES[key], {"given": _listed(given)}) for key, given in said.items() if given
    )


def _listed(given: object) -> object:
    return "、".join(map(str, given)) if isinstance(given, tuple) else given


SENTENCES: Mapping[str, str] = {
    "ways": gettext_noop("方式（不分先后）：{given}"),
    "chosen_by": gettext_noop("由{given}选定"),
    "providers": gettext_noop("服务主体：{given}"),
    "arranged_by": gettext_noop("组织：{given}"),
    "services": gettext_noop("服务内容：{given}"),
    "payer": gettext_noop("费用：{given}"),
    "subsidy": gettext_noop("补贴：{given}"),
    "sources": gettext_noop("来源：{given}"),
    "to": gettext_noop("用途：{given}"),
    "amount": gettext_noop("金额：{given}"),
    "parties": gettext_noop("评价主体：{given}"),
    "lead_party": gettext_noop("以{given}评价为主"),
    "reward": gettext_noop("奖励：{given}"),
    "factors": gettext_noop("考量因素：{given}"),
    "subjects": gettext_noop("对象：{given}"),
    "publish": gettext_noop("公布：{given}"),
    "names": gettext_noop("{given}"),
    "first": gettext_noop("业主组织：{given}"),
    "otherwise": gettext_noop("不能成立的：{given}"),
    "formed_by": gettext_noop("由{given}组建"),
    "acts_for": gettext_noop("代行{given}职责"),
    "when": gettext_noop("情形：{given}"),
    "kind": gettext_noop("{given}"),
    "set_by": gettext_noop("核定：{given}"),
    "needs": gettext_noop("程序：{given}"),
    "meeting": gettext_noop("例会：{given}"),
    "dispatch": gettext_noop("调度：{given}"),
    "duty": gettext_noop("责任：{given}"),
    "backstop_kinds": gettext_noop("兜底：{given}。文件未点名具体单位，由名录登记后承担。"),
    "backstops": gettext_noop("兜底：{given}"),
    "way": gettext_noop("做法：{given}"),
    "lead": gettext_noop("带动：{given}"),
    "shared_services": gettext_noop("共享服务：{given}"),
    "years": gettext_noop("{given} 年内不准再次进入"),
    "area_words": gettext_noop("范围：{given}"),
    "announce": gettext_noop("通告：{given}"),
    "areas": gettext_noop("地区：{given}"),
    "share": gettext_noop("目标：{given:.0%}"),
    "target": gettext_noop("目标：{given}"),
    "base": gettext_noop("底数：{given}"),
    "base_date": gettext_noop("底数日期：{given}"),
    "case_sites": gettext_noop("个案：{given} 处"),
}
YES: Mapping[str, str] = {
    "ring_fenced": gettext_noop("专款专用"),
    "needs_vote": gettext_noop("须业主表决"),
    "excludes_municipal": gettext_noop("不含市政道路和政府投资的公共设施"),
}
ALL_OF = gettext_noop("以下全部满足：{given}")
ANY_OF = gettext_noop("以下满足其一：{given}")
PROPOSED_ON = gettext_noop("拟处理的判断依据：{given}")
WEIGHTS = gettext_noop("权重：{given}")
NO_WEIGHTS = gettext_noop("权重：文件未规定")
GRADED = gettext_noop("按服务等级定价，金额由各县（区）定")


def modes(policy: Policy) -> Iterator[Article]:
    """Yield the modes as a ladder of conditions, in the order in which they are asked."""
    for number, mode in enumerate(policy.modes, start=1):
        asked = [(ALL_OF, {"given": _conditions(mode.all)})] if mode.all else []
        asked += [(ANY_OF, {"given": _conditions(mode.any)})] if mode.any else []
        hires = [(f"{case}：{{given}}", {"given": who}) for case, who in mode.hires.items()]
        told = _lines(
            **{name: getattr(mode, name) for name in ("ways", "chosen_by", "providers")},
            **{name: getattr(mode, name) for name in ("arranged_by", "services", "payer")},
            subsidy=mode.subsidy,
        )
        yield Article(
            name=f"{number}. {mode.name}", lines=(*asked, *hires, *told), quote=mode.quote
        )


def _conditions(asked: tuple[Asked, ...]) -> str:
    return "、".join(each.words for each in asked)


def money(policy: Policy) -> Iterator[Article]:
    """Yield the money lines; none of them is reckoned with."""
    for line in policy.money_lines:
        told = _lines(sources=line.sources, to=line.to, amount=line.amount)
        yield Article(name=line.name, lines=(*told, *_flags(line)), quote=line.quote)


def _flags(line: MoneyLine) -> Iterator[Line]:
    if line.owners_share is not None:
        yield gettext_noop("业主所得 {given:.0%}"), {"given": line.owners_share}
    for name, sentence in YES.items():
        if getattr(line, name):
            yield sentence, {}


def providers(policy: Policy) -> Iterator[Article]:
    """Yield credit, and what becomes of a provider that walks away."""
    if credit := policy.credit:
        told = _lines(factors=credit.factors, subjects=credit.subjects, publish=credit.publish)
        weights = [_weights(credit.weights)] if credit.factors else []
        yield Article(name=gettext_noop("信用"), lines=(*told, *weights), quote=credit.quote)
    if ban := policy.exit_ban:
        told = _lines(
            when=ban.when, years=ban.years, area_words=ban.area_words, announce=ban.announce
        )
        yield Article(name=gettext_noop("退出惩戒（须另有决定）"), lines=told, quote=ban.quote)


def _weights(weights: tuple[float, ...] | None) -> Line:
    if weights is None:
        return NO_WEIGHTS, {}
    return WEIGHTS, {"given": "、".join(f"{weight:.0%}" for weight in weights)}


def backstops(policy: Policy) -> Iterator[Article]:
    """Yield who steps in, by district, and who looks after a compound for a time."""
    if duty := policy.backstop:
        told = _lines(backstop_kinds=[ProviderKind.label_of(kind) for kind in duty.kinds])
        yield Article(name=gettext_noop("由哪类服务主体兜底"), lines=told, quote=duty.quote)
    for name, rules in policy.districts.items():
        if rules.backstops:
            yield Article(name=name, lines=_lines(backstops=rules.backstops), quote=rules.quote)
    for care in policy.temporary:
        yield Article(name=care.name, lines=_lines(arranged_by=care.arranged_by), quote=care.quote)


def districts(policy: Policy) -> Iterator[Article]:
    """Yield what each district does in its own way."""
    for name, rules in policy.districts.items():
        told = _lines(
            way=rules.way,
            lead=rules.lead,
            shared_services=rules.shared_services,
            case_sites=rules.case_sites,
        )
        yield Article(name=name, lines=told, quote=rules.quote)


def milestones(policy: Policy) -> Iterator[Article]:
    """Yield the milestones by their day."""
    for day, same in groupby(policy.milestones, key=lambda milestone: milestone.by):
        for milestone in same:
            told = _lines(
                areas=milestone.areas,
                share=milestone.share,
                target=milestone.target,
                base=milestone.base,
                base_date=milestone.base_date,
            )
            yield Article(name=day.isoformat(), lines=told, quote=milestone.quote)


def evaluation(policy: Policy) -> Iterator[Article]:
    """Yield who judges, what a compound should be good at, and how complaints are treated."""
    if judged := policy.evaluation:
        told = _lines(parties=judged.parties, lead_party=judged.lead, reward=judged.reward)
        lines = (*told, _weights(judged.weights))
        yield Article(name=gettext_noop("服务质量评价"), lines=lines, quote=judged.quote)
    if policy.five_good:
        lines = _lines(names=policy.five_good)
        quote = policy.quotes.get("five_good", NO_QUOTE)
        yield Article(name=gettext_noop("五好小区"), lines=lines, quote=quote)
    for treatment in policy.treatments:
        asked = [(PROPOSED_ON, {"given": _conditions(treatment.all)})] if treatment.all else []
        asked += [(ANY_OF, {"given": _conditions(treatment.any)})] if treatment.any else []
        told = (*_lines(when=treatment.when), *asked)
        yield Article(name=treatment.name, lines=told, quote=treatment.quote)
    if follow := policy.follow_up:
        told = _lines(meeting=follow.meeting, dispatch=follow.dispatch, duty=follow.duty)
        yield Article(name=gettext_noop("调度"), lines=told, quote=follow.quote)


def price(policy: Policy) -> Iterator[Article]:
    """Yield the guide price."""
    if told := policy.price:
        graded: list[Line] = [(GRADED, {})] if told.is_graded else []
        lines = (*_lines(set_by=told.set_by, needs=told.needs), *graded)
        yield Article(name=told.kind, lines=lines, quote=told.quote)


def committee(policy: Policy) -> Iterator[Article]:
    """Yield who decides for the owners."""
    if names := policy.committee:
        told = _lines(
            first=names.first,
            otherwise=names.otherwise,
            when=names.when,
            formed_by=names.formed_by,
            acts_for=names.acts_for,
        )
        yield Article(lines=told, quote=names.quote)
