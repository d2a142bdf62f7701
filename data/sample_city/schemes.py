"""How land is built over: rows, depths, heights and gaps of every kind of development."""

from dataclasses import dataclass

import numpy as np

from .shapes import RECTANGLE, Floats, Texts

Span = tuple[float, float]

OUTLINES: dict[str, Floats] = {
    "rectangle": RECTANGLE,
    # Stairwells stand out to the north of a slab.
    "stairs": np.array([
        (-0.5, -0.5), (0.5, -0.5), (0.5, 0.32), (0.33, 0.32), (0.33, 0.5), (0.17, 0.5),
        (0.17, 0.32), (-0.17, 0.32), (-0.17, 0.5), (-0.33, 0.5), (-0.33, 0.32), (-0.5, 0.32),
    ]),
    # Two flats on each side of the lift, pushed apart for light.
    "stepped": np.array([
        (-0.5, -0.5), (0.02, -0.5), (0.02, -0.3), (0.5, -0.3), (0.5, 0.5), (-0.02, 0.5),
        (-0.02, 0.3), (-0.5, 0.3),
    ]),
    "cross": np.array([
        (-0.5, -0.2), (-0.24, -0.2), (-0.24, -0.5), (0.24, -0.5), (0.24, -0.2), (0.5, -0.2),
        (0.5, 0.24), (0.2, 0.24), (0.2, 0.5), (-0.2, 0.5), (-0.2, 0.24), (-0.5, 0.24),
    ]),
    "butterfly": np.array([
        (-0.5, -0.5), (-0.22, -0.5), (-0.12, -0.22), (0.12, -0.22), (0.22, -0.5), (0.5, -0.5),
        (0.5, -0.08), (0.26, 0.1), (0.26, 0.5), (-0.26, 0.5), (-0.26, 0.1), (-0.5, -0.08),
    ]),
    "ell": np.array([
        (-0.5, -0.5), (0.5, -0.5), (0.5, 0.0), (-0.1, 0.0), (-0.1, 0.5), (-0.5, 0.5),
    ]),
    "yard": np.array([
        (-0.5, -0.5), (-0.16, -0.5), (-0.16, 0.1), (0.16, 0.1), (0.16, -0.5), (0.5, -0.5),
        (0.5, 0.5), (-0.5, 0.5),
    ]),
    "podium": np.array([
        (-0.5, -0.4), (-0.3, -0.5), (0.5, -0.5), (0.5, 0.2), (0.3, 0.5), (-0.5, 0.5),
    ]),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One kind of development; spans are drawn evenly for each piece of land."""

    use: str
    storeys: Span
    depth_m: Span
    length_m: Span
    side_gap_m: Span
    sun: Span
    """Clear distance between rows as a multiple of their height."""
    least_row_gap_m: float = 6.0
    setback_m: Span = (4.0, 8.0)
    missing: float = 0.06
    """Share of places left empty."""
    garden: float = 0.0
    """Radius of the garden in the middle, as a share of the land's square root."""
    fronts: int = 0
    """Sides that carry a street building with shops."""
    outlines: tuple[str, ...] = ("rectangle",)


SCHEMES: dict[str, Scheme] = {
    "lane": Scheme(
        use="住宅", storeys=(1, 2.4), depth_m=(7, 10), length_m=(9, 18), side_gap_m=(1.5, 4),
        sun=(0.7, 1.1), least_row_gap_m=2.5, setback_m=(1, 3), missing=0.10,
        outlines=("rectangle", "yard", "ell", "rectangle"),
    ),
    "works_yard": Scheme(
        use="住宅", storeys=(4.2, 7.0), depth_m=(11, 13), length_m=(50, 80), side_gap_m=(7, 11),
        sun=(1.0, 1.3), setback_m=(4, 7), missing=0.12, fronts=1,
        outlines=("rectangle", "stairs", "rectangle"),
    ),
    "slab": Scheme(
        use="住宅", storeys=(5.8, 7.6), depth_m=(11.5, 14), length_m=(58, 100), side_gap_m=(7, 11),
        sun=(1.05, 1.35), setback_m=(4, 8), missing=0.06, fronts=1,
        outlines=("rectangle", "stairs", "stairs", "stepped"),
    ),
    "garden_slab": Scheme(
        use="住宅", storeys=(6, 12.4), depth_m=(12, 14), length_m=(54, 90), side_gap_m=(9, 15),
        sun=(1.15, 1.4), setback_m=(7, 12), missing=0.05, garden=0.10, fronts=1,
        outlines=("stairs", "stepped", "rectangle"),
    ),
    "high_slab": Scheme(
        use="住宅", storeys=(11, 18.9), depth_m=(14, 17), length_m=(46, 78), side_gap_m=(14, 24),
        sun=(0.85, 1.1), setback_m=(9, 14), missing=0.05, garden=0.13, fronts=1,
        outlines=("stepped", "stairs", "stepped"),
    ),
    "tower": Scheme(
        use="住宅", storeys=(17, 33.4), depth_m=(22, 28), length_m=(28, 42), side_gap_m=(20, 36),
        sun=(0.4, 0.62), setback_m=(10, 16), missing=0.10, garden=0.14, fronts=1,
        outlines=("cross", "butterfly", "stepped", "cross"),
    ),
    "street": Scheme(
        use="住宅", storeys=(2.6, 6.9), depth_m=(10, 14), length_m=(24, 52), side_gap_m=(6, 16),
        sun=(0.9, 1.3), setback_m=(3, 6), missing=0.26, fronts=2,
        outlines=("rectangle", "ell", "rectangle", "stairs"),
    ),
    "hutong": Scheme(
        use="住宅", storeys=(1, 1.9), depth_m=(6, 11), length_m=(8, 17), side_gap_m=(1.2, 3),
        sun=(0.6, 1.0), least_row_gap_m=2.2, setback_m=(1, 2), missing=0.09, fronts=1,
        outlines=("yard", "rectangle", "ell", "rectangle", "yard"),
    ),
    "village": Scheme(
        use="住宅", storeys=(1.6, 4.6), depth_m=(9, 12), length_m=(9, 15), side_gap_m=(1.2, 3),
        sun=(0.25, 0.5), least_row_gap_m=2.5, setback_m=(2, 5), missing=0.16,
        outlines=("rectangle", "rectangle", "ell"),
    ),
    "school": Scheme(
        use="学校", storeys=(3, 5.4), depth_m=(13, 18), length_m=(40, 66), side_gap_m=(14, 22),
        sun=(1.3, 1.8), setback_m=(8, 12), missing=0.35, outlines=("rectangle", "yard", "ell"),
    ),
    "hospital": Scheme(
        use="医院", storeys=(4, 16), depth_m=(18, 26), length_m=(40, 76), side_gap_m=(16, 26),
        sun=(0.8, 1.0), setback_m=(8, 12), missing=0.25, outlines=("ell", "yard", "rectangle"),
    ),
    "mall": Scheme(
        use="商业", storeys=(2, 6), depth_m=(55, 85), length_m=(70, 130), side_gap_m=(14, 22),
        sun=(0.8, 1.2), setback_m=(8, 14), missing=0.10, outlines=("podium", "rectangle", "ell"),
    ),
    "office": Scheme(
        use="办公", storeys=(8, 32), depth_m=(24, 36), length_m=(30, 56), side_gap_m=(18, 34),
        sun=(0.35, 0.6), setback_m=(9, 14), missing=0.25, fronts=1,
        outlines=("rectangle", "podium", "cross", "ell"),
    ),
    "works": Scheme(
        use="工业", storeys=(1, 3.4), depth_m=(20, 42), length_m=(50, 110), side_gap_m=(9, 16),
        sun=(0.9, 1.5), setback_m=(6, 10), missing=0.22, outlines=("rectangle", "rectangle", "ell"),
    ),
    "empty": Scheme(
        use="", storeys=(1, 1), depth_m=(9e3, 9e3), length_m=(9e3, 9e3), side_gap_m=(1, 1),
        sun=(1, 1),
    ),
}  # fmt: skip

KEYS = tuple(SCHEMES)


@dataclass(frozen=True)
class Drawn:
    """The scheme of each of n pieces of land, with its spans drawn."""

    key: Texts
    storeys: Floats
    depth_m: Floats
    length_m: Floats
    side_gap_m: Floats
    row_gap_m: Floats
    setback_m: Floats
    missing: Floats
    garden: Floats
    fronts: Floats


STOREY_M = 2.9
SMALL_LAND_M2 = 8_000.0
"""Smaller land is built to the full, nearer to its rim."""
SMALL_SETBACK_M = 2.5


def draw_schemes(key: Texts, land_m2: Floats, rng: np.random.Generator) -> Drawn:
    """Draw depth, length, gaps and typical height for every piece of land by its scheme's key."""
    drawn = {
        name: _draw(key, name, rng)
        for name in ("storeys", "depth_m", "length_m", "side_gap_m", "sun", "setback_m")
    }
    fixed = {
        name: np.array([getattr(SCHEMES[k], name) for k in key], dtype=float)
        for name in ("missing", "garden", "fronts", "least_row_gap_m")
    }
    sun_m = drawn.pop("sun") * np.maximum(1.0, np.floor(drawn["storeys"])) * STOREY_M
    row_gap_m = np.maximum(sun_m, fixed.pop("least_row_gap_m"))
    is_small = land_m2 < SMALL_LAND_M2
    drawn["setback_m"][is_small] = SMALL_SETBACK_M
    fixed["missing"][is_small] = 0.0
    return Drawn(key=key, row_gap_m=row_gap_m, **drawn, **fixed)


def _draw(key: Texts, name: str, rng: np.random.Generator) -> Floats:
    span = np.array([getattr(SCHEMES[k], name) for k in key], dtype=float).reshape(-1, 2)
    drawn: Floats = rng.uniform(span[:, 0], span[:, 1])
    return drawn
