"""Small parts that the models share: storage CRS, choices, and constraints with a name each."""

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import F, Func, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from geo.words import Word

NAME_LENGTH = 200
CODE_LENGTH = 64
WORD_LENGTH = 24


def choices(words: Iterable[Word]) -> list[tuple[str, Promise]]:
    """Return a field's choices; a function of its own so that migrations stay still."""
    return [(str(word), gettext_lazy(word.label)) for word in words]


def one_of(field: str, words: Iterable[str], *, name: str) -> models.CheckConstraint:
    """Hold a field to its words."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [str(word) for word in words]}), name=name
    )


def exactly_one(*fields: str, name: str) -> models.CheckConstraint:
    """Hold a row to exactly one of several references."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return models.CheckConstraint(condition=condition, name=name)


def positive(field: str, *, name: str) -> models.CheckConstraint:
    """Refuse 0: an unknown number is NULL, and a known one is more than nothing."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gt": 0}), name=name)


def is_share(field: str, *, name: str) -> models.CheckConstraint:
    """Hold a share between 0 and 1; percentages are refused."""
    return models.CheckConstraint(condition=Q(**{f"{field}__range": (0, 1)}), name=name)


def ordered(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """Hold two values in order where both are known."""
    condition = (
        Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{first}__lte": F(last)})
    )
    return models.CheckConstraint(condition=condition, name=name)


def valid_outline(*, name: str) -> models.CheckConstraint:
    """Refuse outlines that cross themselves."""
    return models.CheckConstraint(condition=Q(geometry__isvalid=True), name=name)


class Days(Func):
    """The days from `first` to `last`, both included; an unknown end is open."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, first: str, last: str, **extra: Any) -> None:
        super().__init__(F(first), F(last), Value("[]"), **extra)


def one_at_a_time(
    *fields: str, name: str, among: Q | None = None, first: str = "valid_from"
) -> ExclusionConstraint:
    """Refuse two rows with equal `fields` that hold on the same day."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in fields),
            (Days(first, "valid_to"), RangeOperators.OVERLAPS),
        ],
        condition=among,
    )
