"""Refusals of a zone put together: providers that are refused for the same reasons (未推荐理由).

Of a few hundred providers most are refused for the same few reasons: outside the service area,
too little capacity. Said one by one, a district's refusals would be as many rows as it has zones
times providers; put together they are a few a zone, with what is each provider's own in columns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Said = list[dict[str, Any]]
"""Reasons as they are stored: key and values."""
_Provider = TypeVar("_Provider")


@dataclass(frozen=True, kw_only=True)
class Alike(Generic[_Provider]):
    """Providers that a zone refuses for the same reasons, whatever each of them lacks."""

    keys: tuple[str, ...]
    """Of the reasons, in order."""
    shared: Sequence[Mapping[str, Any]]
    """The values of each reason that are the same for all."""
    providers: tuple[_Provider, ...]
    own: Mapping[str, Sequence[Any]]
    """The values that differ, one for each provider, by place of the reason and name of the value:
    "1.free" is that of the second reason."""

    def each(self) -> Iterator[tuple[_Provider, Said]]:
        """Yield each provider with all its reasons."""
        for row, provider in enumerate(self.providers):
            reasons: Said = [
                {"key": key, "values": dict(values)}
                for key, values in zip(self.keys, self.shared, strict=True)
            ]
            for name, column in self.own.items():
                place, _, value = name.partition(".")
                reasons[int(place)]["values"][value] = column[row]
            yield provider, reasons


def put_together(refused: Iterable[tuple[_Provider, Said]]) -> list[Alike[_Provider]]:
    """Return the providers that one zone refuses, put together by the keys of their reasons."""
    groups: dict[tuple[str, ...], list[tuple[_Provider, Said]]] = {}
    for provider, reasons in refused:
        keys = tuple(reason["key"] for reason in reasons)
        groups.setdefault(keys, []).append((provider, reasons))
    return [_alike(keys, group) for keys, group in sorted(groups.items(), key=lambda one: one[0])]


def _alike(keys: tuple[str, ...], group: Sequence[tuple[_Provider, Said]]) -> Alike[_Provider]:
    shared: list[dict[str, Any]] = [{} for _ in keys]
    own: dict[str, list[Any]] = {}
    for place in range(len(keys)):
        for name, first in group[0][1][place]["values"].items():
            column = [reasons[place]["values"][name] for _, reasons in group]
            if all(value == first for value in column):
                shared[place][name] = first
            else:
                own[f"{place}.{name}"] = column
    providers = tuple(provider for provider, _ in group)
    return Alike(keys=keys, shared=shared, providers=providers, own=own)
