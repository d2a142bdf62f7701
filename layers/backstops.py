"""Backstops (兜底) that a policy's own document names, beside those that the register holds.

Where the document names a provider for a district, that is the document that grants the role. Where
it only asks a kind of provider to step in, it grants nobody anything: the role stays to be given
(待指定), and that is told until somebody registered holds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd

from geo.errors import Fault, gettext_noop
from geo.words import ProviderKind
from layers.assignment.providers import EVERYWHERE, Backstop, Providers
from layers.policy import Policy
from layers.policy_parts import Quote, RuleStatus
from layers.sites import Scope

UNREGISTERED = gettext_noop(
    "文件要求由“{provider}”在{district}兜底（{document}），名录中没有该单位，尚未登记，待指定。"
)
NOBODY_OF_KIND = gettext_noop("文件要求由{kinds}兜底（{document}），尚无单位登记为兜底，待指定。")
HELD = frozenset({RuleStatus.IN_FORCE, RuleStatus.PILOT})
"""What is only planned, or told of another place, grants no role."""


@dataclass(frozen=True)
class Named:
    """A provider that the document names as backstop of a district that the place lies in."""

    provider: str
    district: str
    areas: tuple[str, ...]
    quote: Quote


def with_policy_roles(providers: Providers, areas: gpd.GeoDataFrame, policy: Policy) -> Providers:
    """Return the providers with the backstops' roles that the policy's document grants.

    Parameters
    ----------
    areas
        The managing areas of the place: code, name, level.
    """
    known = set(providers.ids.tolist())
    roles = [
        Backstop(
            provider=named.provider,
            area=area,
            valid_from=named.quote.valid_from,
            valid_to=named.quote.valid_to,
            document=document_of(policy, named.quote),
        )
        for named in _named(policy, areas)
        if named.provider in known
        for area in named.areas
    ]
    return replace(providers, backstops=(*providers.backstops, *roles)) if roles else providers


def why_unassigned(
    providers: Providers, areas: gpd.GeoDataFrame, policy: Policy
) -> tuple[Fault, ...]:
    """Return the backstops that the document asks for and nobody registered is (待指定)."""
    known = set(providers.ids.tolist())
    faults = [
        Fault(
            UNREGISTERED,
            {
                "provider": named.provider,
                "district": named.district,
                "document": document_of(policy, named.quote),
            },
        )
        for named in _named(policy, areas)
        if named.provider not in known
    ]
    return (*faults, *_nobody_of_kind(providers, policy))


def document_of(policy: Policy, quote: Quote) -> str:
    """Return the document and the paragraph that a role rests on."""
    return f"{policy.source.doc}（{quote.paragraph}）" if quote.paragraph else policy.source.doc


def _named(policy: Policy, areas: gpd.GeoDataFrame) -> Iterator[Named]:
    codes = _codes_by_name(areas)
    for name, rules in policy.districts.items():
        # A place inside the district has no row of the district itself.
        whole = (EVERYWHERE,) if policy.in_district == name else ()
        held = codes.get(name, whole)
        if held and rules.quote.status in HELD:
            for provider in rules.backstops:
                yield Named(provider, name, held, rules.quote)


def _codes_by_name(areas: gpd.GeoDataFrame) -> Mapping[str, tuple[str, ...]]:
    codes: dict[str, tuple[str, ...]] = {}
    for row in areas.to_dict("records"):
        code = EVERYWHERE if row["level"] == Scope.CITY else str(row["code"])
        codes[str(row["name"])] = (*codes.get(str(row["name"]), ()), code)
    return codes


def _nobody_of_kind(providers: Providers, policy: Policy) -> Iterator[Fault]:
    duty = policy.backstop
    if duty is None or duty.quote.status not in HELD:
        return
    kind_of = dict(zip(providers.ids.tolist(), providers.kinds.tolist(), strict=True))
    if not any(kind_of.get(role.provider) in duty.kinds for role in providers.backstops):
        kinds = "、".join(ProviderKind.label_of(kind) for kind in duty.kinds)
        yield Fault(NOBODY_OF_KIND, {"kinds": kinds, "document": document_of(policy, duty.quote)})
