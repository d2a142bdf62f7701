"""Which sites take part in bundling: a policy may mean the old ones only, or the small ones."""

from collections.abc import Callable, Mapping

import geopandas as gpd
import pandas as pd

from geo.errors import Fault, gettext_noop
from geo.words import Condition
from layers.policy import BundlingRules, TakesPart

NOT_OLD = gettext_noop("{count} 处无物业服务的纳管对象不是老旧小区，按本政策不参加连片。")
OLD_UNKNOWN = gettext_noop(
    "{count} 处无物业服务的纳管对象是否老旧不详，没有参加连片。请补充建成年代或老旧小区认定。"
)
NOT_SMALL = gettext_noop("{count} 处无物业服务的纳管对象规模不小，按本政策不参加连片。")
MARKET = gettext_noop("{count} 处无物业服务的纳管对象具备专业物业管理条件，按本政策不参加连片。")

_Test = Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame, BundlingRules], pd.Series]


def taking_part(
    sites: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, rules: BundlingRules
) -> tuple[gpd.GeoDataFrame, tuple[Fault, ...]]:
    """Return the sites that the policy bundles, and a notice for each cause that keeps some out.

    Lead sites take part whatever they are: others are bundled around them.

    Parameters
    ----------
    sites
        Columns members, floor_area_m2 (m²), is_old, is_served and is_lead, as `derive_sites` says.
    compounds
        Column code, and the conditions that people recorded.
    rules
        Of the policy.
    """
    stays = pd.Series(data=True, index=sites.index)
    notices = []
    for asked in rules.takes_part:
        for sentence, is_out in OUT[asked].items():
            leaves = stays & ~sites["is_lead"] & is_out(sites, compounds, rules)
            stays &= ~leaves
            if count := int((leaves & ~sites["is_served"]).sum()):
                notices.append(Fault(sentence, {"count": count}))
    return sites[stays], tuple(notices)


def _is_not_old(sites: gpd.GeoDataFrame, *_rest: object) -> pd.Series:
    is_new: pd.Series = sites["is_old"].eq(other=False).fillna(value=False).astype(bool)
    return is_new


def _is_old_unknown(sites: gpd.GeoDataFrame, *_rest: object) -> pd.Series:
    is_unknown: pd.Series = sites["is_old"].isna()
    return is_unknown


def _is_not_small(
    sites: gpd.GeoDataFrame, _compounds: gpd.GeoDataFrame, rules: BundlingRules
) -> pd.Series:
    """Return which sites are known to be no smaller than the policy's small ones."""
    reached = sites["floor_area_m2"].ge(rules.small_below_m2)
    is_large: pd.Series = reached.fillna(value=False).astype(bool)
    return is_large


def _is_market(
    sites: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, _rules: BundlingRules
) -> pd.Series:
    """Return which sites are ready for professional management in all their compounds."""
    if Condition.PROFESSIONAL_READY not in compounds:
        return pd.Series(data=False, index=sites.index)
    is_ready = compounds[Condition.PROFESSIONAL_READY].eq(other=True).fillna(value=False)
    ready = set(compounds.loc[is_ready.astype(bool), "code"].astype(str))
    held = [
        kind in {"compound", "management_area"} and bool(members) and ready.issuperset(members)
        for kind, members in zip(sites["kind"], sites["members"], strict=True)
    ]
    return pd.Series(held, index=sites.index, dtype=bool)


OUT: Mapping[TakesPart, Mapping[str, _Test]] = {
    TakesPart.OLD: {NOT_OLD: _is_not_old, OLD_UNKNOWN: _is_old_unknown},
    TakesPart.SMALL: {NOT_SMALL: _is_not_small},
    TakesPart.NO_MARKET: {MARKET: _is_market},
}
"""For each thing that a policy asks of a site, what keeps it out, with the sentence."""
