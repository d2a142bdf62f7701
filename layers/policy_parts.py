"""What a policy's document says besides numbers: its rules as frozen values, each with its quote.

Everything here is empty where the document says nothing: nothing is made up, and the default
policy holds none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class RuleStatus(StrEnum):
    """Whether a rule holds, is tried, is intended, or was only told of one place."""

    IN_FORCE = "in_force"
    PILOT = "pilot"
    PLANNED = "planned"
    REPORTED_CASE = "reported_case"


class Derived(StrEnum):
    """Conditions of a mode that are known from the register, not recorded by a person."""

    OLD = "old"
    HAS_PROVIDER = "has_provider"


class Sign(StrEnum):
    """What events and evaluations show of a compound: what treatments ask for."""

    SERVICE_GOOD = "service_good"
    """The latest grade is good or excellent."""
    SERVICE_POOR = "service_poor"
    """The latest grade is the lowest."""
    MANY_EVENTS = "many_events"
    """As many complaints and findings as the policy calls many; the others, about one thing."""
    MANY_SANITATION = "many_sanitation"
    MANY_ORDER = "many_order"
    MANY_FACILITIES = "many_facilities"
    MANY_REFUSE = "many_refuse"
    MANY_SERVICE = "many_service"
    MANY_REPAIR = "many_repair"
    MANY_FEES = "many_fees"
    MANY_LEGACY = "many_legacy"
    MANY_DISPUTE = "many_dispute"


@dataclass(frozen=True, kw_only=True)
class AssessmentRules:
    """Numbers that evaluations and treatments are reckoned with."""

    many_events: int
    """Events of one compound that are many."""
    within_months: int
    """In which they are counted, back from the day."""
    lead_share: float
    """Weight of the leading party where the document gives no weights."""
    excellent_from: float
    good_from: float
    passed_from: float
    """Least totals of the grades, of 100; below the last it is the lowest grade."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The paragraph that a rule rests on, in the document's own words."""

    paragraph: str = ""
    """Where it stands, such as 三（三）2; "" = the document has no numbers."""
    text: str = ""
    status: str = RuleStatus.IN_FORCE
    valid_from: date | None = None
    valid_to: date | None = None


NO_QUOTE = Quote()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One condition of a mode."""

    condition: str
    """Of `geo.words.Condition` or `Derived`; of a treatment, also of `Sign`."""
    wanted: bool
    """Whether it must be 是, or 否."""
    words: str
    """The document's own words."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A management mode (管理模式) and who comes under it: an entry of an ordered list."""

    name: str
    all: tuple[Asked, ...] = ()
    any: tuple[Asked, ...] = ()
    """At least one of them; empty = none is asked."""
    ways: tuple[str, ...] = ()
    """Among which `chosen_by` chooses; no order is given."""
    chosen_by: str = ""
    providers: tuple[str, ...] = ()
    arranged_by: tuple[str, ...] = ()
    hires: Mapping[str, str] = field(default_factory=dict)
    """By case, such as 成立业主委员会: who hires."""
    services: tuple[str, ...] = ()
    payer: str = ""
    subsidy: str = ""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """What shall be reached by a day."""

    areas: tuple[str, ...]
    by: date
    share: float | None = None
    """Of the base; None = the document names no number."""
    target: str = ""
    base: str = ""
    """What the share is a share of, such as 无人管理老旧住宅小区."""
    base_date: date | None = None
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class ExitBan:
    """How long a provider that walked away stays out; never applied without a decision."""

    years: int
    area_words: str
    announce: str = ""
    when: str = ""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class BackstopDuty:
    """Who shall step in everywhere (兜底), where the document names a kind and no provider."""

    kinds: tuple[str, ...]
    """Of `ProviderKind`."""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Who judges the providers' service."""

    parties: tuple[str, ...]
    lead: str = ""
    """The party that leads; "" = the document names none."""
    weights: tuple[float, ...] | None = None
    """Of the parties in their order; None = the document gives none."""
    reward: str = ""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What a provider's credit grade is made of, and what is published of it."""

    factors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    weights: tuple[float, ...] | None = None
    """Of the factors in their order; None = the document gives none."""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class CommitteeNames:
    """What the body that decides for the owners is called, and what stands in for it."""

    first: str
    otherwise: str = ""
    when: str = ""
    formed_by: str = ""
    acts_for: str = ""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class GuidePrice:
    """A guide price (政府指导价) of basic service; amounts are data of the city."""

    kind: str
    is_graded: bool = False
    set_by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class DistrictRules:
    """What the document says of one district."""

    name: str
    backstops: tuple[str, ...] = ()
    """Names of the providers that hold the backstop's role there, by this very document."""
    way: str = ""
    lead: str = ""
    """Who leads the sites around it."""
    shared_services: tuple[str, ...] = ()
    case_sites: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Keys of `bundling` and `thresholds` that are other than the city's, dotted."""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """How progress is followed."""

    meeting: str = ""
    dispatch: str = ""
    duty: str = ""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class MoneyLine:
    """One line of income or support, as the document tells it; None = it does not say."""

    name: str
    sources: tuple[str, ...] = ()
    to: str = ""
    amount: str = ""
    """In the document's words; "" = it gives none. Never a number that is reckoned with."""
    owners_share: float | None = None
    ring_fenced: bool | None = None
    needs_vote: bool | None = None
    excludes_municipal: bool | None = None
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What is done about a compound with many complaints, and when."""

    name: str
    when: str = ""
    all: tuple[Asked, ...] = ()
    """Signs and conditions that it is proposed on; none = the office proposes it by itself."""
    any: tuple[Asked, ...] = ()
    """At least one of them; empty = none is asked."""
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Temporary:
    """Who looks after a compound for a time, until somebody serves it (临时托管)."""

    name: str
    arranged_by: tuple[str, ...] = ()
    quote: Quote = NO_QUOTE


@dataclass(frozen=True, kw_only=True)
class Said:
    """All that the document says besides numbers."""

    quotes: Mapping[str, Quote] = field(default_factory=dict)
    """By table, or table and name: thresholds, exit_ban, mode.市场化选聘."""
    modes: tuple[Mode, ...] = ()
    """In the order in which they are asked: the first whose conditions hold."""
    milestones: tuple[Milestone, ...] = ()
    exit_ban: ExitBan | None = None
    backstop: BackstopDuty | None = None
    evaluation: Evaluation | None = None
    credit: Credit | None = None
    five_good: tuple[str, ...] = ()
    committee: CommitteeNames | None = None
    price: GuidePrice | None = None
    districts: Mapping[str, DistrictRules] = field(default_factory=dict)
    follow_up: FollowUp | None = None
    money_lines: tuple[MoneyLine, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    temporary: tuple[Temporary, ...] = ()
    published: Mapping[str, float] = field(default_factory=dict)
    """Figures that the document reports, never reckoned with."""
