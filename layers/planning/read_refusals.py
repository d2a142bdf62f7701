"""Read the refusals of zones one by one, though they are stored put together."""

from collections.abc import Iterable, Iterator, Mapping

from geo.models import Provider
from layers.models import Refusal
from layers.refused import Said


def names_of_refused(refusals: Iterable[Refusal]) -> dict[int, str]:
    """Return the name of each refused provider by its row id."""
    refused = {provider for refusal in refusals for provider in refusal.providers}
    return dict(Provider.objects.filter(pk__in=refused).values_list("pk", "name"))


def each_refused(
    refusals: Iterable[Refusal], names: Mapping[int, str]
) -> Iterator[tuple[str, Said]]:
    """Yield the name of each refused provider with its reasons."""
    for refusal in refusals:
        for provider, reasons in refusal.alike().each():
            yield names[provider], reasons
