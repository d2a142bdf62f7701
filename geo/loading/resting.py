"""What rests on the things that an import brought: later rows, plans, people's rights."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.gis.db import models

from geo.errors import Fault, gettext_noop
from geo.models import Fact, ImportBatch, Registered

RESTS_ON_IT = gettext_noop("有 {count} 条“{kind}”依据其中的{thing}：{names}。")
TAKE_AWAY_FIRST = gettext_noop("请先撤销或改正它们。")
NAMED = 3
LOOKED_AT = 200
"""Rows among which different names are looked for."""


def resting_on(
    brought: Mapping[type[Registered], Sequence[int]], batch: ImportBatch
) -> Iterator[Fault]:
    """Yield what refers to things that an import created, its own rows apart."""
    for thing, ids in brought.items():
        if not ids:
            continue
        for relation in thing._meta.related_objects:  # noqa: SLF001 (the public way to a model's relations)
            model: Any = relation.related_model
            if _is_event(model):
                continue
            referring = _standing(model, batch).filter(**{f"{relation.field.name}__in": ids})
            if count := referring.count():
                told = {"count": count, "kind": str(model._meta.verbose_name)}  # noqa: SLF001 (the public way to a model's name)
                told |= {"thing": str(thing._meta.verbose_name), "names": _names(model, referring)}  # noqa: SLF001
                yield Fault(RESTS_ON_IT, told, TAKE_AWAY_FIRST)


def _is_event(model: Any) -> bool:
    """Tell whether rows only keep what other rows once said."""
    return hasattr(model, "pgh_tracked_model")


def _standing(model: Any, batch: ImportBatch) -> Any:
    """Return the rows of a model that count today and that the import did not bring itself."""
    rows = model.objects.all()
    if issubclass(model, Fact):
        rows = rows.current()
    if issubclass(model, Registered):
        rows = rows.there()
    has_batch = any(field.name == "batch" for field in model._meta.concrete_fields)  # noqa: SLF001
    return rows.exclude(batch=batch) if has_batch else rows


def _names(model: Any, rows: Any) -> str:
    """Return a few names; a row that is part of something is named by that."""
    whole = next((f.name for f in model._meta.concrete_fields if _is_part_of(f)), None)  # noqa: SLF001
    some = rows.select_related(*([whole] if whole else []))[:LOOKED_AT]
    names = dict.fromkeys(str(getattr(row, whole) if whole else row) for row in some)
    more = "……" if len(names) > NAMED else ""
    return "、".join(list(names)[:NAMED]) + more


def _is_part_of(field: Any) -> bool:
    return isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
