"""What a policy's document says besides numbers: the keys of its tables, and how they are read.

A table that may stand several times ([[mode]]) has numbered entries: its second name is
`mode[2].name`. Every table may hold a quote, and each district its own rules of `bundling` and
`thresholds`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from geo.errors import gettext_noop
from geo.words import Condition, ProviderKind
from layers.policy_file import (
    Check,
    NotAllowedError,
    day,
    number,
    one_of,
    several_of,
    share,
    text,
    whole,
    words,
    yes_no,
)
from layers.policy_keys import NEEDED_KEYS
from layers.policy_keys import TABLES as NUMBER_TABLES
from layers.policy_parts import (
    Asked,
    BackstopDuty,
    CommitteeNames,
    Credit,
    Derived,
    DistrictRules,
    Evaluation,
    ExitBan,
    FollowUp,
    GuidePrice,
    Milestone,
    Mode,
    MoneyLine,
    Quote,
    RuleStatus,
    Sign,
    Temporary,
    Treatment,
)

CONDITIONS = (*Condition, *Derived)
SIGNS = (*Condition, *Sign)
_ASKED = re.compile(r"(not )?([a-z_]+)\s*[:：]\s*(\S.*)")
_NUMBERED = re.compile(r"\[\d+\]")
_SUM_TOLERANCE = 1e-9


def conditions(value: object) -> tuple[Asked, ...]:
    """Allow conditions with the document's words: "fund: 维修资金到位", "not old: …"."""
    return tuple(_condition(line, CONDITIONS) for line in words(value))


def signs(value: object) -> tuple[Asked, ...]:
    """Allow what treatments ask for, written like conditions: "service_poor: 服务质量差"."""
    return tuple(_condition(line, SIGNS) for line in words(value))


def _condition(line: str, allowed: Collection[str]) -> Asked:
    found = _ASKED.fullmatch(line)
    if found is None:
        raise NotAllowedError(
            gettext_noop("每个条件应写成“键: 文件原文”，须为否的写成“not 键: 文件原文”。")
        )
    if found[2] not in allowed:
        raise NotAllowedError(
            gettext_noop("没有条件“{condition}”，应为下列之一：{allowed}。"),
            condition=found[2],
            allowed="、".join(map(str, allowed)),
        )
    return Asked(condition=found[2], wanted=not found[1], words=found[3].strip())


def weights(value: object) -> tuple[float, ...]:
    """Allow shares that add up to 1."""
    if not isinstance(value, list) or abs(sum(map(share, value)) - 1) > _SUM_TOLERANCE:
        raise NotAllowedError(gettext_noop("应为比例的列表，合计为 1。"))
    return tuple(map(share, value))


_COUNT = whole(gettext_noop("处"), least=1, most=1_000_000)
KEYS: Mapping[str, Check] = {
    "quote.paragraph": text,
    "quote.text": text,
    "quote.status": one_of(*RuleStatus),
    "quote.valid_from": day,
    "quote.valid_to": day,
    "mode.name": text,
    "mode.all": conditions,
    "mode.any": conditions,
    "mode.ways": words,
    "mode.chosen_by": text,
    "mode.providers": words,
    "mode.arranged_by": words,
    "mode.hires.*": text,
    "mode.services": words,
    "mode.payer": text,
    "mode.subsidy": text,
    "milestone.areas": words,
    "milestone.by": day,
    "milestone.share": share,
    "milestone.target": text,
    "milestone.base": text,
    "milestone.base_date": day,
    "money_line.name": text,
    "money_line.sources": words,
    "money_line.to": text,
    "money_line.amount": text,
    "money_line.owners_share": share,
    "money_line.ring_fenced": yes_no,
    "money_line.needs_vote": yes_no,
    "money_line.excludes_municipal": yes_no,
    "treatment.name": text,
    "treatment.when": text,
    "treatment.all": signs,
    "treatment.any": signs,
    "temporary.name": text,
    "temporary.arranged_by": words,
    "backstop.kinds": several_of(*ProviderKind),
    "exit_ban.years": whole(gettext_noop("年"), least=1, most=50),
    "exit_ban.area_words": text,
    "exit_ban.announce": text,
    "exit_ban.when": text,
    "evaluation.parties": words,
    "evaluation.lead": text,
    "evaluation.weights": weights,
    "evaluation.reward": text,
    "credit.factors": words,
    "credit.subjects": words,
    "credit.publish": words,
    "credit.weights": weights,
    "five_good.names": words,
    "committee.first": text,
    "committee.otherwise": text,
    "committee.when": text,
    "committee.formed_by": text,
    "committee.acts_for": text,
    "price.kind": text,
    "price.is_graded": yes_no,
    "price.set_by": words,
    "price.needs": words,
    "follow_up.meeting": text,
    "follow_up.dispatch": text,
    "follow_up.duty": text,
    "districts.*.backstops": words,
    "districts.*.way": text,
    "districts.*.lead": text,
    "districts.*.shared_services": words,
    "districts.*.case_sites": _COUNT,
    "published.*": number(gettext_noop("数值")),
}
"""`*` stands for a name of the document's own."""
LISTS: Mapping[str, tuple[str, type]] = {
    "mode": ("modes", Mode),
    "milestone": ("milestones", Milestone),
    "money_line": ("money_lines", MoneyLine),
    "treatment": ("treatments", Treatment),
    "temporary": ("temporary", Temporary),
}
"""Tables that may stand several times."""
SINGLE: Mapping[str, type] = {
    "exit_ban": ExitBan,
    "backstop": BackstopDuty,
    "evaluation": Evaluation,
    "credit": Credit,
    "committee": CommitteeNames,
    "price": GuidePrice,
    "follow_up": FollowUp,
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "mode": ("name",),
    "milestone": ("areas", "by"),
    "money_line": ("name",),
    "treatment": ("name",),
    "temporary": ("name",),
    "exit_ban": ("years", "area_words"),
    "backstop": ("kinds",),
    "evaluation": ("parties",),
    "five_good": ("names",),
    "committee": ("first",),
    "price": ("kind",),
}
"""What each table must say where it stands at all."""
ONE_OF: Mapping[str, tuple[str, str]] = {"mode": ("all", "any"), "milestone": ("share", "target")}
"""Of which at least one must be said."""
TABLES = frozenset({*LISTS, *SINGLE, "five_good", "districts", "published"})
DISTRICTS_OWN = ("bundling", "thresholds")


def check_of(key: str) -> Check | None:
    """Return what checks the value of a key; None = there is no such key."""
    if ".quote." in key:
        table, _, name = key.rpartition(".quote.")
        is_quoted = plain_of(table).partition(".")[0] in TABLES | NUMBER_TABLES
        return KEYS.get(f"quote.{name}") if is_quoted else None
    plain = plain_of(key)
    return KEYS.get(plain) or NEEDED_KEYS.get(_of_district(plain))


def plain_of(key: str) -> str:
    """Return a key as it stands in `KEYS`: without numbers, names of the document's own as *."""
    key = _NUMBERED.sub("", key)
    key = re.sub(r"^(districts|published|mode\.hires)\.[^.]+", r"\1.*", key)
    return key.strip(".")


def _of_district(plain: str) -> str:
    """Return the key of the city that a district's key changes; "" = none."""
    own = plain.removeprefix("districts.*.")
    return own if own != plain and own.partition(".")[0] in DISTRICTS_OWN else ""


def entries_of(table: str, keys: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the entries of a table that stands several times, in their order: mode[1], mode[2]."""
    found = {int(m[1]) for key in keys if (m := re.match(rf"{table}\[(\d+)\]", key))}
    return tuple(f"{table}[{number}]" for number in sorted(found))


def names_of(table: str, keys: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the document's own under a table, in their order."""
    found = (key.split(".")[1] for key in keys if key.startswith(f"{table}."))
    return tuple(dict.fromkeys(name for name in found if name != "quote"))


def said_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `Said` from checked values by dotted key."""
    said: dict[str, Any] = {"quotes": dict(_quotes(values))}
    for table, (field, kind) in LISTS.items():
        said[field] = tuple(kind(**_part(entry, values)) for entry in entries_of(table, values))
    for table, kind in SINGLE.items():
        part = _part(table, values)
        said[table] = kind(**part) if part else None
    said["five_good"] = values.get("five_good.names", ())
    said["published"] = {
        name: values[f"published.{name}"] for name in names_of("published", values)
    }
    said["districts"] = {name: _district(name, values) for name in names_of("districts", values)}
    return said


def _part(entry: str, values: Mapping[str, Any]) -> dict[str, Any]:
    start = f"{entry}."
    part = {key.removeprefix(start): v for key, v in values.items() if key.startswith(start)}
    quote = {
        key: part.pop(f"quote.{key}") for key in Quote.__annotations__ if f"quote.{key}" in part
    }
    held = {"status": values.get("policy.status", RuleStatus.IN_FORCE)}
    hires = {key.partition(".")[2]: part.pop(key) for key in [*part] if key.startswith("hires.")}
    return (
        part
        | ({"hires": hires} if hires else {})
        | ({"quote": Quote(**held | quote)} if quote else {})
    )


def _district(name: str, values: Mapping[str, Any]) -> DistrictRules:
    part = _part(f"districts.{name}", values)
    changes = {key: part.pop(key) for key in [*part] if key.partition(".")[0] in DISTRICTS_OWN}
    return DistrictRules(name=name, changes=changes, **part)


def _quotes(values: Mapping[str, Any]) -> Iterator[tuple[str, Quote]]:
    """Yield every quote under its table; entries of a list go by their name, else their number."""
    tables = dict.fromkeys(key.rpartition(".quote.")[0] for key in values if ".quote." in key)
    for table in tables:
        numbered = table.replace("[", ".").removesuffix("]")
        named = f"{_NUMBERED.sub('', table)}.{values.get(f'{table}.name')}"
        known_as = named if f"{table}.name" in values and numbered != table else numbered
        yield known_as, _part(table, values)["quote"]
