"""Small parts of the ledger's templates."""

from collections.abc import Mapping
from typing import Any

from django import template

from maps.asked import Asked
from maps.ledger.asking import View

register = template.Library()


@register.filter
def at(table: Mapping[str, Any], key: str) -> Any:
    """Return what a table holds under a key."""
    return table[key]


@register.simple_tag
def turned(view: View, asked: Asked, page: int) -> str:
    """Return the address of another page of the same grid."""
    return view.query(asked, page=page)
