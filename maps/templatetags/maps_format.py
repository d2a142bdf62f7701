"""How numbers read on a page: separators, and a dash for what is not known."""

from django import template

register = template.Library()
UNKNOWN = "—"


@register.filter
def count(number: float | str | None) -> str:
    """Return a count with thousands separators."""
    # What a template does not find comes as empty text.
    return UNKNOWN if number is None or isinstance(number, str) else f"{number:,.0f}"


@register.filter
def percent(number: float | None) -> str:
    """Return a share in percent with two decimals."""
    return UNKNOWN if number is None else f"{number:.2f} %"


@register.filter
def bar(number: float | None) -> str:
    """Return the width of a bar in percent, whatever the language's decimal mark."""
    return f"{number or 0:.2f}"
