"""Table F: neighbour links of a city's buildings, beside libpysal's fuzzy contiguity.

    python -m tests.benchmarks.links [--full]

The buildings in the middle of the sample city `metropolis`, as many as the row says, linked within
the default reach of 60 m. The peer widens the outlines by half of it and keeps those that meet: the
same pairs, but for what a widened corner lacks of a circle; it knows no gaps, barriers or
crossings. So ours is measured without them, as the peer is, and once more with those of the city.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city import City, make_city
from layers.policy import load_policy
from tests.benchmarks.exchange import Parcel
from tests.benchmarks.graphs import ragged
from tests.benchmarks.peers import ask, ask_ourselves
from tests.benchmarks.tables import Table, is_full, machine, say, verdict

SIZES = (1_000, 10_000, 100_000, 300_000)
MOST_SECONDS = 60.0
"""For the largest size."""
PATIENCE_S = 300.0
"""How long the half-hour measurement waits for one answer."""
NEAR_M = 500.0
"""Barriers and crossings so near to the buildings come with them."""
SEED = 1

TABLE = Table(
    "F. neighbour links of buildings, with and without what the city has of barriers and crossings",
    (
        "buildings", "barriers", "crossings", "      links", "  seconds", "worked s", "MiB before",
        "MiB peak", " peer pairs", "only peer", "only ours", "peer s", "times faster",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One ground, linked by both."""

    n: int
    seconds: float
    peer_s: float | None
    strangers: int | None
    """Pairs that only the peer has."""


def main() -> None:
    """Print two rows for every size, and what is reached."""
    say(machine())
    city = make_city("metropolis", seed=SEED)
    patience_s = None if is_full() else PATIENCE_S
    TABLE.begin()
    found = [
        measured(city, n, is_bare=is_bare, patience_s=patience_s)
        for n in SIZES
        for is_bare in (True, False)
    ]
    verdicts([each for each in found if each is not None])


def measured(city: City, n: int, *, is_bare: bool, patience_s: float | None) -> Measured | None:
    """Return and print the links of n buildings, beside the peer's where nothing lies between."""
    question = middle(city, n, is_bare=is_bare)
    ours = ask_ourselves("own_links", question, patience_s=patience_s)
    between = [len(question.arrays[key]) for key in ("barriers", "crossings")]
    if ours is None:
        TABLE.row(n, *between, None, f"> {patience_s:.0f} s", *[None] * (len(TABLE.columns) - 5))
        return None
    peer = ask("peer_libpysal", question, patience_s=patience_s) if is_bare else None
    facts, (pairs, only_peer, only_ours) = ours.facts, compared(ours, peer, n)
    peer_s = peer.facts["seconds"] if peer else None
    TABLE.row(
        n, *between, len(ours.arrays["a"]),
        facts["seconds"], facts["worked_s"], facts["mib_before"], facts["mib_peak"],
        pairs, only_peer, only_ours,
        f"> {patience_s:.0f}" if is_bare and peer is None and patience_s else peer_s,
        peer_s / facts["seconds"] if peer_s else None,
    )  # fmt: skip
    return Measured(n, facts["seconds"], peer_s, only_peer)


def middle(city: City, n: int, *, is_bare: bool) -> Parcel:
    """Return the n buildings nearest to the middle of the city, and what lies between them."""
    shapes = city.tables["building"].geometries
    at = shapely.get_coordinates(shapely.centroid(shapes))
    away_m = np.abs(at - np.median(at, axis=0)).max(axis=1)
    chosen = shapes[np.sort(np.argsort(away_m, kind="stable")[:n])]
    ground = shapely.Point() if is_bare else shapely.box(*shapely.total_bounds(chosen))
    return Parcel(
        ragged(chosen) | told(city, "barrier", ground) | told(city, "crossing", ground),
        {"reach_m": load_policy("default").links.reach_m},
    )


def told(city: City, what: str, ground: shapely.Geometry) -> dict[str, np.ndarray]:
    """Return the barriers or crossings near a ground, as arrays without objects."""
    table = city.tables[what]
    near = np.flatnonzero(shapely.dwithin(table.geometries, ground, NEAR_M))
    words = np.array(table.columns["kind"], dtype=np.str_)
    return {
        f"{what}s": shapely.to_wkb(table.geometries[near], hex=True).astype(np.bytes_),
        f"{what}_kinds": words[near],
    }


def compared(
    ours: Parcel, peer: Parcel | None, n: int
) -> tuple[int | None, int | None, int | None]:
    """Return the peer's pairs, those that only the peer has, and those that only we have."""
    if peer is None:
        return None, None, None
    own, other = (parcel.arrays["a"] * n + parcel.arrays["b"] for parcel in (ours, peer))
    only_peer, only_ours = np.setdiff1d(other, own), np.setdiff1d(own, other)
    return len(other), len(only_peer), len(only_ours)


def verdicts(found: list[Measured]) -> None:
    """Print what was to be reached, and whether it was."""
    say()
    slowest = max((each.seconds for each in found if each.n == SIZES[-1]), default=float("inf"))
    verdict(
        f"{SIZES[-1]:,} buildings in {MOST_SECONDS:.0f} s, barriers and crossings included",
        f"{slowest:.1f} s",
        is_reached=slowest <= MOST_SECONDS,
    )
    beside = [each for each in found if each.peer_s is not None]
    fewest = min((each.peer_s / each.seconds for each in beside), default=0.0)
    verdict("faster than the peer", f"at least {fewest:.1f} times", is_reached=fewest > 1)
    strangers = sum(each.strangers for each in beside)
    verdict("every pair of the peer", f"{strangers} missing", is_reached=strangers == 0)


if __name__ == "__main__":
    main()
