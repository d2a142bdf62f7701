"""Areas by name where a reason holds their codes: people know a subdistrict by its name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from geo.models import ManagingArea
from layers.reasons import Reason

BETWEEN = "、"


def sentence(said: Mapping[str, Any]) -> str:
    """Return a stored reason as a sentence in the language of the person, areas by their names."""
    return Reason(said["key"], _named(said["values"])).sentence(gettext)


def exact_sentence(said: Mapping[str, Any]) -> str:
    """Return a stored reason as a sentence, areas by their codes."""
    return Reason(said["key"], said["values"]).sentence(gettext)


def _named(values: Mapping[str, Any]) -> Mapping[str, Any]:
    if "areas" not in values:
        return values
    codes = str(values["areas"]).split(BETWEEN)
    names = dict(ManagingArea.objects.filter(code__in=codes).values_list("code", "name"))
    return {**values, "areas": BETWEEN.join(names.get(code) or code for code in codes)}
