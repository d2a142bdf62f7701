"""Table D: what each rule costs, in quality and in time: one town, rules added one by one.

    python -m tests.benchmarks.zoning_rules [--full]

A town of 1,000 sites in four districts; a river without and with bridges and four arterial roads
run along its streets. Every row keeps the rules of the rows above it; the last asks for few zones
under all of them. (Anchors are not among the rules yet.)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Barriers, Crossings, Links, neighbour_links
from layers.policy import Policy
from layers.sites import LOCKED_OUT, Scope, Sites
from tests.benchmarks.graphs import Ground, town, voronoi_city
from tests.benchmarks.plans import NOBODY, compile_first, plan, sums, torn
from tests.benchmarks.policies import bare_policy
from tests.benchmarks.tables import Table, machine, say, timed, verdict
from tests.layers.towns import policy_with

N, SEED = 1_000, 1
MINIMUM_M2, MAXIMUM_M2, DIAMETER_M = 30_000.0, 100_000.0, 1_200.0
ARTERIALS = 4
BRIDGES = 4
LOCKED_ZONES, LOCKED_SITES, KEPT_OUT = 10, 3, 10

TABLE = Table(
    "D. what each rule costs: one town of 1,000 sites",
    (
        "                       rule", "  zones", "zones vs first", "reaching", " short m²",
        "subsidy yuan", "spread km", "      gap in", "  gap %", "links s", "zones s",
        "time vs first", "largest m²", "torn",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What is planned in one row."""

    sites: Sites
    policy: Policy
    barriers: Barriers
    crossings: Crossings


@dataclass(frozen=True)
class Row:
    """What came out."""

    zones: int
    seconds: float
    torn: int


Step = Callable[[Case], Case]


def main() -> None:
    """Print a row for each rule."""
    say(machine())
    compile_first()
    TABLE.begin()
    case, rows = bare_case(), list[Row]()
    for name, step in STEPS.items():
        case = step(case)
        rows.append(row(name, case, rows[0] if rows else None))
    wrong = sum(each.torn > 0 for each in rows)
    verdict("every zone hangs together", f"{wrong} plans do not", is_reached=not wrong)


def bare_case() -> Case:
    """Return the town with a minimum and nothing else."""
    return Case(
        town(N, seed=SEED).sites(),
        bare_policy(floor_area_min_m2=MINIMUM_M2),
        Barriers(kinds=np.array([], dtype="U16"), geometries=np.array([], dtype=object)),
        no_crossings(),
    )


def no_crossings() -> Crossings:
    """Return no crossing."""
    return Crossings(kinds=np.array([], dtype="U16"), lines=np.array([], dtype=object))


def row(name: str, case: Case, first: Row | None) -> Row:
    """Plan a case and print it beside the first."""
    links, link_seconds = linked(case)
    planned = plan(case.sites, links, case.policy, seed=SEED)
    bundling, labels = planned.bundling, planned.labels
    is_in = labels != NOBODY
    area_m2 = sums(labels[is_in], case.sites.floor_area_m2[is_in])
    count = len(area_m2)
    is_open = usable(links, case)
    apart = torn(labels, links.a[is_open], links.b[is_open])
    first = first or Row(count, planned.seconds, apart)
    TABLE.row(
        name, count, f"{100 * (count / first.zones - 1):+.1f} %",
        int((area_m2 >= MINIMUM_M2).sum()), bundling.objectives.get("short"),
        bundling.objectives.get("subsidy"), bundling.objectives.get("spread", np.nan) / 1000,
        bundling.gap_objective, bundling.gap_percent, link_seconds, planned.seconds,
        planned.seconds / first.seconds, float(area_m2.max()), apart,
    )  # fmt: skip
    return Row(count, planned.seconds, apart)


def linked(case: Case) -> tuple[Links, float]:
    """Return the links of a case and their seconds."""
    return timed(
        lambda: neighbour_links(case.sites, case.barriers, case.crossings, case.policy.links)
    )


def usable(links: Links, case: Case) -> NDArray[np.bool_]:
    """Return which links may join the sites of a zone."""
    scope = case.sites.scope_codes(case.policy.bundling.scope)
    is_usable: NDArray[np.bool_] = links.is_open & (scope[links.a] == scope[links.b])
    return is_usable


def with_policy(**values: object) -> Step:
    """Return a step that changes values of the policy."""

    def step(case: Case) -> Case:
        known = vars(case.policy.bundling), vars(case.policy.thresholds), vars(case.policy.money)
        kept = {name: value for part in known for name, value in part.items()}
        return replace(case, policy=policy_with(**(kept | values)))

    return step


def with_money(case: Case) -> Case:
    """Let zones earn and cost what the default policy says."""
    return with_policy(**vars(policy_with().money))(case)


def with_river(case: Case) -> Case:
    """Let a river run through the town from west to east, without a bridge."""
    barriers = Barriers(kinds=np.array(["river"]), geometries=np.array([river()], dtype=object))
    return replace(case, barriers=barriers)


def with_bridges(case: Case) -> Case:
    """Lead bridges over the river."""
    city = voronoi_city(N, seed=SEED)
    middle = shapely.get_coordinates(shapely.centroid(city.polygons))
    pairs = np.flatnonzero(across(city, split(middle[:, 1], 1)))
    chosen = pairs[np.linspace(0, len(pairs) - 1, BRIDGES).astype(int)]
    ends = np.stack([middle[city.a[chosen]], middle[city.b[chosen]]], axis=1)
    lines = np.array(shapely.linestrings(ends), dtype=object)
    return replace(
        case, crossings=Crossings(kinds=np.full(len(lines), "bridge", dtype="U16"), lines=lines)
    )


def with_arterials(case: Case) -> Case:
    """Let arterial roads, which cost metres, run from south to north."""
    city = voronoi_city(N, seed=SEED)
    middle = shapely.get_coordinates(shapely.centroid(city.polygons))
    roads = along(city, across(city, split(middle[:, 0], ARTERIALS)))
    return replace(
        case,
        barriers=Barriers(
            kinds=np.array(["river", "arterial"]),
            geometries=np.array([river(), roads], dtype=object),
        ),
    )


def with_districts(case: Case) -> Case:
    """Put the town's quarters into districts that no zone leaves."""
    middle = shapely.get_coordinates(shapely.centroid(case.sites.polygons))
    quarter = 2 * split(middle[:, 0], 1) + split(middle[:, 1], 1)
    codes = np.array([f"Q{number}" for number in quarter.tolist()])
    case = replace(case, sites=replace(case.sites, district=codes))
    return with_policy(scope=Scope.DISTRICT)(case)


def with_locks(case: Case) -> Case:
    """Lock some sites and their neighbours into zones, and keep some out of every zone."""
    links, _seconds = linked(case)
    is_open = usable(links, case)
    near = {site: list[int]() for site in range(len(case.sites))}
    for a, b in zip(links.a[is_open].tolist(), links.b[is_open].tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    lock = case.sites.lock.copy()
    for number, site in enumerate(np.linspace(0, len(lock) - 1, LOCKED_ZONES).astype(int).tolist()):
        free = [each for each in near[site] if not lock[each]]
        lock[[site, *free[: LOCKED_SITES - 1]]] = f"L{number}"
    lock[np.flatnonzero(lock == "")[:: len(lock) // KEPT_OUT]] = LOCKED_OUT
    return replace(case, sites=replace(case.sites, lock=lock))


def split(values: NDArray[np.float64], lines: int) -> NDArray[np.int64]:
    """Return between which of so many evenly spaced lines each value lies."""
    share = (values - values.min()) / (np.ptp(values) + 1.0)
    return (share * (lines + 1)).astype(np.int64)


def across(city: Ground, side: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rook pairs lie on two sides."""
    return side[city.a] != side[city.b]


def along(city: Ground, pairs: NDArray[np.bool_]) -> shapely.Geometry:
    """Return the edges between the units of pairs, as lines in the middle of the streets."""
    cells = city.polygons
    return shapely.line_merge(
        shapely.union_all(shapely.intersection(cells[city.a[pairs]], cells[city.b[pairs]]))
    )


def river() -> shapely.Geometry:
    """Return the river of the town."""
    city = voronoi_city(N, seed=SEED)
    north = shapely.get_y(shapely.centroid(city.polygons))
    return along(city, across(city, split(north, 1)))


STEPS: dict[str, Step] = {
    "minimum 30,000 m²": lambda case: case,
    "maximum 100,000 m²": with_policy(floor_area_max_m2=MAXIMUM_M2),
    "diameter 1,200 m": with_policy(diameter_max_m=DIAMETER_M),
    "money": with_money,
    "river": with_river,
    "bridges": with_bridges,
    "arterials": with_arterials,
    "districts": with_districts,
    "locks": with_locks,
    "subdistricts": with_policy(scope=Scope.SUBDISTRICT),
    "few zones": with_policy(count="few"),
}


if __name__ == "__main__":
    main()
