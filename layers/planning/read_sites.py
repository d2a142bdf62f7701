"""The sites and links that a stored plan was made of, and the drawing that it holds.

Sites and links of a plan never change; so they are read once in a process and kept for the plans
that were worked on last.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from geo.crs import to_metric
from geo.errors import InputError, gettext_noop
from layers.adjacency import Links
from layers.chosen import Choice
from layers.editing import Drawing
from layers.judging import JudgedGround
from layers.models import NeighbourLink, Plan, PlanSite
from layers.planning.read_choices import read_choices
from layers.planning.read_policy import policy_of
from layers.sites import Sites

KEPT_PLANS = 8
MADE_BEFORE = gettext_noop("该方案由旧版本生成，缺少图上修改所需的数据。请重新生成方案。")

_kept: OrderedDict[tuple[int, datetime], JudgedGround] = OrderedDict()
_turn = Lock()


def ground_of(plan: Plan) -> JudgedGround:
    """Return sites, links and policy of a plan, from memory where they were asked for lately.

    Raises
    ------
    InputError
        Where the plan was stored before plans kept all that a change is judged on.
    """
    if not plan.register:
        raise InputError(MADE_BEFORE)
    key = plan.pk, plan.created_at
    with _turn:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    sites = read_sites(plan)
    ground = JudgedGround(sites=sites, links=read_links(plan, sites), policy=policy_of(plan))
    with _turn:
        _kept[key] = ground
        while len(_kept) > KEPT_PLANS:
            _kept.popitem(last=False)
    return ground


def read_sites(plan: Plan) -> Sites:
    """Return the sites of a plan as it saw them; locks are not theirs but the drawing's."""
    rows = sorted(
        PlanSite.objects.filter(plan=plan).values_list(
            *("site", "name", "kind", "floor_area_m2", "households", "district", "subdistrict"),
            *("community", "fee", "is_served", "is_lead", "provider", "spare_m2", "together"),
            *("apart", "present"),
            AsWKB("geometry"),
            AsWKB("spot"),
        )
    )
    columns = list(zip(*rows, strict=True))
    srid = int(plan.summary["metric_srid"])
    shapes = [bytes(outline or spot) for outline, spot in zip(*columns[16:], strict=True)]
    return Sites(
        srid=srid,
        ids=_text(columns[0]),
        names=_text(columns[1]),
        kinds=_text(columns[2]),
        polygons=to_metric(np.asarray(shapely.from_wkb(shapes), dtype=object), srid),
        floor_area_m2=_numbers(columns[3]),
        households=_numbers(columns[4]),
        district=_text(columns[5]),
        subdistrict=_text(columns[6]),
        community=_text(columns[7]),
        fee=_numbers(columns[8]),
        is_served=np.array(columns[9], dtype=np.bool_),
        is_lead=np.array(columns[10], dtype=np.bool_),
        provider=_text(columns[11]),
        lock=np.full(len(rows), "", dtype=np.str_),
        spare_m2=_numbers(columns[12]),
        together=_text(columns[13]),
        apart=_text(columns[14]),
        present=_text(columns[15]),
    )


def read_links(plan: Plan, sites: Sites) -> Links:
    """Return the links of a plan between its sites."""
    at = {str(site): position for position, site in enumerate(sites.ids)}
    rows = sorted(
        (at[a], at[b], *rest)
        for a, b, *rest in NeighbourLink.objects.filter(plan=plan).values_list(
            *("a", "b", "gap_m", "cost_m", "kind", "barrier", "is_open", "walk_m")
        )
    )
    columns = list(zip(*rows, strict=True)) or [()] * 8
    return Links(
        a=np.array(columns[0], dtype=np.int64),
        b=np.array(columns[1], dtype=np.int64),
        gap_m=_numbers(columns[2]),
        cost_m=_numbers(columns[3]),
        kind=_text(columns[4]),
        barrier=_text(columns[5]),
        is_open=np.array(columns[6], dtype=np.bool_),
        walk_m=_numbers(columns[7]),
    )


def read_drawing(plan: Plan) -> Drawing:
    """Return where each site of a plan is now, and which stay."""
    rows = list(PlanSite.objects.filter(plan=plan).values_list("site", "zone__number", "is_locked"))
    return Drawing(
        zone_of={site: _label(number) for site, number, _ in rows},
        locked=frozenset(site for site, _, is_locked in rows if is_locked),
        last_number=plan.last_number,
        choices=read_choices(plan),
    )


def read_proposed(plan: Plan) -> Drawing:
    """Return where the proposal had each site: the drawing that the log of edits begins with."""
    rows = list(
        PlanSite.objects.filter(plan=plan).values_list("site", "proposed_zone", "proposed_lock")
    )
    return Drawing(
        zone_of={site: _label(number) for site, number, _ in rows},
        locked=frozenset(site for site, _, is_locked in rows if is_locked),
        choices={label: Choice(**told) for label, told in plan.summary.get("choices", {}).items()},
    )


def _label(number: int | None) -> str:
    return "" if number is None else str(number)


def _text(column: Sequence[str]) -> NDArray[np.str_]:
    return np.array(column, dtype=np.str_)


def _numbers(column: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)
