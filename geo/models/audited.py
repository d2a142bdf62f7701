"""Tables whose every change is kept with who made it (django-pghistory).

A change of a row keeps the row *as it was before*; what it became stands in the next event of the
same row, or in the row itself. A row that came from a file is told by its import batch, and a table
of 300,000 buildings is not written twice: only what a person enters by hand is an event of its own.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.contrib.gis.db import models

_Model = TypeVar("_Model", bound=type[models.Model])

BY_HAND = pgtrigger.Condition("NEW.batch_id IS NULL")


def audited(model: _Model) -> _Model:
    """Keep what people enter by hand, and every change and removal, with all columns."""
    entered = pghistory.InsertEvent(condition=BY_HAND)
    track = pghistory.track(
        *(entered, *_later()), attrs=_unsearched_shapes(model), append_only=True
    )
    tracked: _Model = track(model)
    return tracked


def audited_in(*columns: str, with_new: bool = True) -> Callable[[_Model], _Model]:
    """Keep some columns of every change and removal, and of what is new."""

    def track(model: _Model) -> _Model:
        entered = (pghistory.InsertEvent(),) if with_new else ()
        track = pghistory.track(
            *(*entered, *_later()),
            fields=list(columns),
            model_name=f"{model.__name__}Event",
            obj_field=pghistory.ObjForeignKey(related_name="events"),
            append_only=True,
        )
        tracked: _Model = track(model)
        return tracked

    return track


def _later() -> tuple[pghistory.Tracker, ...]:
    return pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()


def _unsearched_shapes(model: type[models.Model]) -> dict[str, Any]:
    """Return the shapes of a table without spatial index: nobody searches the past by place."""
    shapes: dict[str, Any] = {}
    for field in model._meta.local_fields:  # noqa: SLF001 (the public way to a model's fields)
        if isinstance(field, models.GeometryField):
            _name, _path, arguments, options = field.deconstruct()
            shapes[field.name] = type(field)(*arguments, **options | {"spatial_index": False})
    return shapes
