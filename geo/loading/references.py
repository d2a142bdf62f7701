"""From what a row calls a thing to the thing: by code, by name where it is unique, by place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop
from geo.loading.job import Job, Row
from geo.loading.registered import as_array
from geo.models import (
    Building,
    Compound,
    Courtyard,
    ManagementArea,
    ManagingArea,
    Provider,
    Registered,
)
from geo.words import AreaLevel

NO_AREA = gettext_noop("辖区“{name}”不在库中（共 {count} 行）。")
TWO_AREAS = gettext_noop("名为“{name}”的辖区不止一个，且无法按位置判断（共 {count} 行）。")
LOAD_AREAS = gettext_noop("请先导入辖区，或改正名称。")
USE_AREA_CODE = gettext_noop("请改填区划代码。")
NO_COMPOUND = gettext_noop("小区“{name}”不在库中（共 {count} 行）。")
TWO_COMPOUNDS = gettext_noop("名为“{name}”的小区不止一个，且无法按位置判断（共 {count} 行）。")
LOAD_COMPOUNDS = gettext_noop("请先导入小区，或改正名称。")
USE_COMPOUND_CODE = gettext_noop("请改填小区编码。")
NO_PROVIDER = gettext_noop("服务主体“{name}”不在库中（共 {count} 行）。")
LOAD_PROVIDERS = gettext_noop("请先导入服务主体，或改正名称。")
NO_THING = gettext_noop("编码“{name}”不在库中（共 {count} 行）。")
LOAD_THINGS = gettext_noop("请先导入相应的物业管理区域、小区或楼栋，或改正编码。")
TWO_THINGS = gettext_noop("“{name}”对应不止一个对象（共 {count} 行）。")
USE_CODE = gettext_noop("请改填唯一的编码。")

ACROSS = gettext_noop(
    "{count} 栋楼跨在小区边界上，已按楼内一点归入小区或列为零散楼栋：第 {rows} 行。"
    "如不对，请在“所属小区”列填写小区编码。"
)
CUT_SHARE = 0.1
"""What lies in a compound by more than this share, and not by so much of the rest, is cut."""
MOST_LISTED = 50

THINGS: Mapping[str, type[Registered]] = {
    "management_area": ManagementArea,
    "compound": Compound,
    "building": Building,
    "courtyard": Courtyard,
}
TOLD = ("pk", "code", "name")
NAMED = ("management_area", "compound")
"""Things that may be called by a name that is unique."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Polygons with the row ids of what they are, to find what lies where."""

    ids: NDArray[np.int64]
    polygons: NDArray[np.object_]
    depth: NDArray[np.int64]
    """The deeper of two that hold a point is the one that counts."""

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Any, int]]) -> Self:
        """Make it from row ids, WKB and depth."""
        drawn = [row for row in rows if row[1] is not None]
        polygons = shapely.from_wkb(as_array([bytes(wkb) for _, wkb, _ in drawn]))
        return cls(
            ids=np.array([row for row, _, _ in drawn], dtype=np.int64),
            polygons=polygons,
            depth=np.array([depth for _, _, depth in drawn], dtype=np.int64),
        )

    @classmethod
    def of_shapes(cls, shapes: Sequence[Any]) -> Self:
        """Make it from shapes; their positions are their ids."""
        return cls.of([(n, shapely.to_wkb(shape), 0) for n, shape in enumerate(shapes)])

    def holding(self, shapes: Sequence[Any]) -> list[list[int]]:
        """Return the row ids of what holds a point inside each shape, the deepest first."""
        points = shapely.STRtree(shapely.point_on_surface(as_array(shapes)))
        # asked of the polygons, each of which is prepared once for all points
        found, of = points.query(self.polygons, predicate="intersects")
        order = np.lexsort((self.ids[found], -self.depth[found], of))
        ids = self.ids[found[order]].tolist()
        ends = np.searchsorted(of[order], np.arange(len(shapes) + 1)).tolist()
        return [ids[first:last] for first, last in pairwise(ends)]

    def cutting(self, shapes: Sequence[Any]) -> list[int]:
        """Return the positions of polygons that lie across the edge of one of these."""
        given = as_array(shapes)
        held, found = shapely.STRtree(given).query(self.polygons, predicate="overlaps")
        within = shapely.area(shapely.intersection(self.polygons[held], given[found]))
        share = within / shapely.area(given[found])
        least = CUT_SHARE
        return sorted(set(found[(share >= least) & (share <= 1 - least)].tolist()))


class Named:
    """Things by code, else by name."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        self.by_code: dict[str, int] = {}
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for row, code, name in rows:
            self.by_code[code] = row
            if name:
                self.by_name[name].append(row)

    def called(self, text: str) -> list[int]:
        """Return the row ids that a text may mean."""
        return [self.by_code[text]] if text in self.by_code else self.by_name.get(text, [])


@dataclass(frozen=True)
class Words:
    """The sentences about a name that means nothing, or more than one thing."""

    none: str
    none_fix: str
    several: str
    several_fix: str


AREA_WORDS = Words(NO_AREA, LOAD_AREAS, TWO_AREAS, USE_AREA_CODE)
COMPOUND_WORDS = Words(NO_COMPOUND, LOAD_COMPOUNDS, TWO_COMPOUNDS, USE_COMPOUND_CODE)
PROVIDER_WORDS = Words(NO_PROVIDER, LOAD_PROVIDERS, TWO_THINGS, USE_CODE)
THING_WORDS = Words(NO_THING, LOAD_THINGS, TWO_THINGS, USE_CODE)


class Unresolved:
    """Names that could not be resolved, gathered so that each is told once."""

    def __init__(self, job: Job, words: Words, *, column: str = "") -> None:
        self.job, self.words, self.column = job, words, column
        self.none: dict[str, list[int]] = defaultdict(list)
        self.several: dict[str, list[int]] = defaultdict(list)

    def one_of(self, row: Row, text: str, found: Sequence[int]) -> int | None:
        """Return the only one found; else note the name."""
        if len(found) == 1:
            return found[0]
        (self.several if found else self.none)[text].append(row["row"])
        return None

    def tell(self) -> None:
        """Hand what was noted to the job."""
        words = self.words
        for rows, text, fix in (
            (self.none, words.none, words.none_fix),
            (self.several, words.several, words.several_fix),
        ):
            self.job.reject_each(rows, text, "name", fix=fix, column=self.column)


def area_ground() -> Ground:
    """Return the ground of the managing areas that exist today."""
    levels = [str(level) for level in AreaLevel]
    rows = ManagingArea.objects.filter(valid_to__isnull=True, geometry__isnull=False)
    drawn = rows.order_by("code").values_list("pk", AsWKB("geometry"), "level")
    return Ground.of([(row, wkb, levels.index(level)) for row, wkb, level in drawn])


def resolve_areas(job: Job, rows: Sequence[Row], shapes: Sequence[Any]) -> list[int | None]:
    """Return the managing area of each row: the one it names, else the one it stands in."""
    named = Named(ManagingArea.objects.there().order_by("code").values_list(*TOLD))
    return _resolve(job, rows, shapes, "area", (named, area_ground(), AREA_WORDS))


def resolve_compounds(job: Job, rows: Sequence[Row], shapes: Sequence[Any]) -> list[int | None]:
    """Return the compound of each row: the one it names, else the one it stands in."""
    compounds = Compound.objects.filter(valid_to__isnull=True).order_by("code")
    named = Named(compounds.values_list("pk", "code", "name"))
    drawn = compounds.filter(geometry__isnull=False).values_list("pk", AsWKB("geometry"))
    ground = Ground.of([(row, wkb, 0) for row, wkb in drawn])
    _tell_cut(job, rows, shapes, ground)
    return _resolve(job, rows, shapes, "compound", (named, ground, COMPOUND_WORDS))


def _tell_cut(job: Job, rows: Sequence[Row], shapes: Sequence[Any], ground: Ground) -> None:
    """Say which rows that name no compound lie across the edge of one, for a person to decide."""
    asked = [n for n, row in enumerate(rows) if not row["compound"]]
    cut = ground.cutting([shapes[n] for n in asked])
    if cut:
        numbers = [str(rows[asked[n]]["row"]) for n in cut]
        listed = "、".join(numbers[:MOST_LISTED]) + ("…" if len(numbers) > MOST_LISTED else "")
        job.notices.append(Fault(ACROSS, {"count": len(cut), "rows": listed}))


def _resolve(
    job: Job,
    rows: Sequence[Row],
    shapes: Sequence[Any],
    column: str,
    known: tuple[Named, Ground, Words],
) -> list[int | None]:
    named, ground, words = known
    unresolved = Unresolved(job, words, column=column)
    called = [named.called(row[column]) if row[column] else [] for row in rows]
    # many rows say where they are: only of the others it is asked where they stand
    asked = [n for n, row in enumerate(rows) if not row[column] or len(called[n]) > 1]
    held = dict(zip(asked, ground.holding([shapes[n] for n in asked]), strict=True))
    answer: list[int | None] = []
    for n, row in enumerate(rows):
        standing = held.get(n, [])
        if not row[column]:
            answer.append(standing[0] if standing else None)
            continue
        found = [one for one in called[n] if one in standing] or called[n]
        answer.append(unresolved.one_of(row, row[column], found))
    unresolved.tell()
    return answer


def resolve_providers(job: Job, rows: Sequence[Row]) -> list[int | None]:
    """Return the provider that each row names."""
    ids = dict(Provider.objects.there().values_list("name", "pk"))
    unresolved = Unresolved(job, PROVIDER_WORDS, column="provider")
    called = [[ids[row["provider"]]] if row["provider"] in ids else [] for row in rows]
    answer = [
        unresolved.one_of(row, row["provider"], found)
        for row, found in zip(rows, called, strict=True)
    ]
    unresolved.tell()
    return answer


def resolve_granted_areas(job: Job, rows: Sequence[Row]) -> list[int | None]:
    """Return the area that each row names; without a name it is everywhere."""
    named = Named(ManagingArea.objects.there().order_by("code").values_list(*TOLD))
    unresolved = Unresolved(job, AREA_WORDS, column="area")
    answer = [
        unresolved.one_of(row, row["area"], named.called(row["area"])) if row["area"] else None
        for row in rows
    ]
    unresolved.tell()
    return answer


class Things:
    """Management areas, compounds, buildings and courtyards by code, some by name."""

    def __init__(self, kinds: Iterable[str] = THINGS) -> None:
        self.named = {
            kind: Named(THINGS[kind].objects.there().order_by("code").values_list(*TOLD))
            for kind in kinds
        }

    def called(self, text: str) -> list[tuple[str, int]]:
        """Return kind and row id of what a text may mean: a code first, else a name."""
        by_code = [
            (kind, named.by_code[text])
            for kind, named in self.named.items()
            if text in named.by_code
        ]
        return by_code or [
            (kind, row)
            for kind, named in self.named.items()
            if kind in NAMED
            for row in named.by_name.get(text, [])
        ]

    def resolve(self, job: Job, rows: Sequence[Row], column: str) -> list[tuple[str, int] | None]:
        """Return kind and row id of what each row names."""
        unresolved = Unresolved(job, THING_WORDS, column=column)
        answer: list[tuple[str, int] | None] = []
        for row in rows:
            found = self.called(row[column])
            one = unresolved.one_of(row, row[column], [row_id for _, row_id in found])
            answer.append(found[0] if one is not None else None)
        unresolved.tell()
        return answer
