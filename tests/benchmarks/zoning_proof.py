"""Table E: what is proven: real Chaoyang, the preset of Xigang, a district of the sample city.

    python -m tests.benchmarks.zoning_proof [--full]

Each place is planned as a whole under the default policy, thoroughly and for proof; then each
component of up to 60 sites (sites that open links join inside one scope) is planned by itself for
proof, and the proven ones are counted.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import django
import numpy as np
from numpy.typing import NDArray

from layers.adjacency import Links, components
from layers.bundling import Status
from layers.policy import Effort, Policy, aimed_policy, load_policy
from layers.sites import Sites
from tests.benchmarks.plans import Planned, compile_first, plan
from tests.benchmarks.tables import Table, machine, say, verdict

if TYPE_CHECKING:  # its models need Django set up
    from tests.benchmarks.places import Place

SEED = 1
MOST_SITES = 60
MOST_SECONDS, MOST_GAP_PERCENT = 60.0, 2.0
CLASSES = ((1, 1), (2, 5), (6, 15), (16, 30), (31, 60))

WHOLE = Table(
    "E. places as a whole, default policy",
    (
        "              place", "  effort", "  sites", "parts", "largest", "  zones", "   status",
        "      gap in", "  gap %", " short m²", "subsidy yuan", "links s", "zones s",
    ),
)  # fmt: skip
PARTS = Table(
    "E. components of up to 60 sites, each by itself",
    ("              place", "  sites", "components", " proven", "s in all", "slowest s"),
)


@dataclass(frozen=True)
class Part:
    """A component that was planned by itself."""

    place: str
    n: int
    is_proven: bool
    seconds: float
    gap_objective: str
    gap_percent: float | None


def main() -> None:
    """Print all places as wholes, then their components, and what is reached."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    django.setup()
    from tests.benchmarks.places import DISTRICT, chaoyang, sample_place  # noqa: PLC0415 (settings)

    say(machine())
    compile_first()
    policy = load_policy("default")
    real = chaoyang(policy)
    if real is None:
        say("The files of Chaoyang are not here: set LIANPIAN_REAL_DATA to their folder.")
    places = [
        *([] if real is None else [real]),
        sample_place("preset xigang", "xigang", policy),
        sample_place("sample district", DISTRICT, policy),
    ]
    WHOLE.begin()
    wholes = {
        place.name: whole(place, aimed_policy(policy, effort=effort))
        for effort in (Effort.THOROUGH, Effort.PROOF)
        for place in places
    }
    PARTS.begin()
    for_proof = aimed_policy(policy, effort=Effort.PROOF)
    parts = [part for place in places for part in parts_of(place, for_proof)]
    verdicts(wholes, parts)


def whole(place: "Place", policy: Policy) -> Planned:
    """Return and print the plan of a place."""
    sites, links = place.sites, place.links
    planned = plan(sites, links, policy, seed=SEED)
    bundling = planned.bundling
    sizes = np.bincount(parts_by_scope(sites, links, policy))
    WHOLE.row(
        place.name, str(policy.bundling.effort), len(sites), len(sizes), int(sizes.max()),
        len(bundling.zones), str(bundling.status),
        bundling.gap_objective, bundling.gap_percent, bundling.objectives.get("short"),
        bundling.objectives.get("subsidy"), place.link_seconds, planned.seconds,
    )  # fmt: skip
    return planned


def parts_by_scope(sites: Sites, links: Links, policy: Policy) -> NDArray[np.int64]:
    """Return the component of each site over open links inside one scope."""
    scope = sites.scope_codes(policy.bundling.scope)
    is_usable = links.is_open & (scope[links.a] == scope[links.b])
    return components(replace(links, is_open=is_usable), len(sites))


def parts_of(place: "Place", policy: Policy) -> list[Part]:
    """Plan every component of a place that is not too large, and print them by size."""
    found = [
        part_of(place.name, plan(sites, links, policy, seed=SEED))
        for sites, links in pieces(place.sites, place.links, policy)
    ]
    for least, most in CLASSES:
        group = [part for part in found if least <= part.n <= most]
        if group:
            PARTS.row(
                place.name, f"{least}-{most}" if most > least else str(least), len(group),
                sum(part.is_proven for part in group), sum(part.seconds for part in group),
                max(part.seconds for part in group),
            )  # fmt: skip
    for part in found:
        if not part.is_proven:
            gap = "no bound" if part.gap_percent is None else f"gap {part.gap_percent:.1f} %"
            say(f"  not proven: {part.n} sites, {gap} in {part.gap_objective}")
    return found


def part_of(place: str, planned: Planned) -> Part:
    """Return how far the plan of a component was proven."""
    bundling = planned.bundling
    return Part(
        place,
        len(planned.labels),
        bundling.status is Status.OPTIMAL,
        planned.seconds,
        bundling.gap_objective,
        bundling.gap_percent,
    )


def pieces(sites: Sites, links: Links, policy: Policy) -> Iterator[tuple[Sites, Links]]:
    """Yield the sites and links of each component of up to 60 sites."""
    labels = parts_by_scope(sites, links, policy)
    sizes = np.bincount(labels)
    for label in np.flatnonzero(sizes <= MOST_SITES):
        mask = labels == label
        yield sites.take(mask), links_inside(links, mask)


def links_inside(links: Links, mask: NDArray[np.bool_]) -> Links:
    """Return the links between the sites of a mask, numbered among them."""
    is_in = mask[links.a] & mask[links.b]
    number = np.cumsum(mask) - 1
    columns = {name: column[is_in] for name, column in vars(links).items()}
    return Links(**columns | {"a": number[columns["a"]], "b": number[columns["b"]]})


def verdicts(wholes: dict[str, Planned], parts: list[Part]) -> None:
    """Print what is reached of the figures that were set."""
    real = [part for part in parts if part.place == "Chaoyang"]
    proven = [part.is_proven and part.seconds <= MOST_SECONDS for part in real]
    verdict(
        "every component up to 60 sites of Chaoyang proven within 60 s",
        f"{sum(proven)} of {len(proven)}",
        is_reached=bool(proven) and all(proven),
    )
    for name, most in (("preset xigang", 0.0), ("sample district", MOST_GAP_PERCENT)):
        planned = wholes[name]
        gap = planned.bundling.gap_percent
        verdict(
            f"{name}: gap at most {most:.0f} % within 60 s",
            f"{'no bound' if gap is None else f'{gap:.1f} %'} in"
            f" {planned.bundling.gap_objective}, {planned.seconds:.1f} s",
            is_reached=gap is not None and gap <= most and planned.seconds <= MOST_SECONDS,
        )


if __name__ == "__main__":
    main()
