"""Count the buildings of a city: those that rates cannot tell apart come as one row.

A city has hundreds of thousands of buildings, but hardly more kinds of them than it has compounds:
what a rate asks of a building is where it stands and whether its numbers are known. So the database
adds alike buildings up. Only those that a fact names, or that were changed since, come one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, Sum

from geo.frames.past import columns
from geo.models import Building
from geo.models.registered import exists_on

HOME_WORDS = ("住", "宿舍", "公寓")
"""A scattered building whose use says one of these is a home."""
PLACE = ("area_id", "compound_id", "courtyard_id")
NUMBERS = ("households", "floor_area_m2")
DIGITS = 6
"""Decimals of a sum of floor areas: the order of its terms leaves no trace."""
SEVERAL = 0
"""The id of a row that stands for several buildings: no building has it."""

_Columns = Mapping[str, Sequence[Any]]


def building_rows(named: Collection[int], *, valid: date, known: datetime) -> _Columns:
    """Return rows of buildings: id, place, whether they exist and are homes, count and numbers.

    Parameters
    ----------
    named
        Row ids of the buildings that facts name; each comes as a row of its own.
    valid, known
        The day and the moment that are asked about.

    """
    single = Q(changed_at__gt=known) | Q(pk__in=sorted(named))
    singles = _singles(single, valid=valid, known=known)
    lots = _lots(single, valid=valid, known=known)
    return {name: (*singles[name], *lots[name]) for name in singles}


def existing(rows: _Columns, valid: date) -> list[bool]:
    """Tell of each row whether it exists on the day; unknown ends are open."""
    return [
        (begins or date.min) <= valid <= (ends or date.max)
        for begins, ends in zip(rows["valid_from"], rows["valid_to"], strict=True)
    ]


def _singles(single: Q, *, valid: date, known: datetime) -> dict[str, Sequence[Any]]:
    wanted = [*PLACE, *NUMBERS, "use", "valid_from", "valid_to"]
    rows = columns(Building, wanted, known=known, where=single)
    homes = [
        any(word in use for word in HOME_WORDS) or (households or 0) > 0
        for use, households in zip(rows["use"], rows["households"], strict=True)
    ]
    told = {name: rows[name] for name in ("id", *PLACE, *NUMBERS)}
    return told | {
        "exists": existing(rows, valid),
        "is_home": homes,
        "count": [1] * len(homes),
    }


def _lots(single: Q, *, valid: date, known: datetime) -> dict[str, Sequence[Any]]:
    """Return one row for all buildings that stand in the same place and tell the same numbers."""
    says_home = Q(households__isnull=False, households__gt=0)
    for word in HOME_WORDS:
        says_home |= Q(use__contains=word)
    alike = {
        "exists": exists_on(valid),
        "is_home": says_home,
        **{f"lacks_{name}": Q(**{f"{name}__isnull": True}) for name in NUMBERS},
    }
    rows = (
        Building.objects.known_at(known)
        .exclude(single)
        # wrapped: of a bare condition the database would group by every column in it
        .annotate(**{name: ExpressionWrapper(q, BooleanField()) for name, q in alike.items()})
        .values(*PLACE, *alike)
        .annotate(count=Count("pk"), **{f"sum_{name}": Sum(name) for name in NUMBERS})
        .order_by(*(F(name).asc(nulls_first=True) for name in PLACE), *alike)
    )
    told = [*PLACE, "exists", "is_home", "count", *(f"sum_{name}" for name in NUMBERS)]
    found = list(zip(*rows.values_list(*told), strict=True)) or [()] * len(told)
    lots: dict[str, Sequence[Any]] = dict(zip(told, found, strict=True))
    floor_area_m2 = [None if m2 is None else round(m2, DIGITS) for m2 in lots["sum_floor_area_m2"]]
    return lots | {
        "id": [SEVERAL] * len(floor_area_m2),
        "households": lots["sum_households"],
        "floor_area_m2": floor_area_m2,
    }
