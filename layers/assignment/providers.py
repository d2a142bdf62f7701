"""Service providers (服务主体) as frozen arrays: who they are, and what they can take and where."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

EVERYWHERE = ""
"""The area of a ban or a role that holds in the whole city."""


def _holds(valid_from: date | None, valid_to: date | None, on_date: date) -> bool:
    has_begun = valid_from is None or valid_from <= on_date
    return has_begun and (valid_to is None or on_date <= valid_to)


@dataclass(frozen=True, kw_only=True)
class Ban:
    """A decision that a provider may take nothing new in an area (禁入), from and to included."""

    provider: str
    area: str
    valid_from: date | None
    """None where the document does not say, or the register does not know."""
    valid_to: date | None
    document: str
    reason: str

    def is_in_force(self, on_date: date) -> bool:
        """Tell whether the ban holds on a day."""
        return _holds(self.valid_from, self.valid_to, on_date)


@dataclass(frozen=True, kw_only=True)
class Backstop:
    """A role granted by a document: to serve where nobody else can (兜底), both days included."""

    provider: str
    area: str
    valid_from: date | None
    """None where the document does not say, or the register does not know."""
    valid_to: date | None
    document: str

    def is_in_force(self, on_date: date) -> bool:
        """Tell whether the role holds on a day."""
        return _holds(self.valid_from, self.valid_to, on_date)


@dataclass(frozen=True, kw_only=True)
class Providers:
    """k providers, sorted by id. NaN means unknown, never 0."""

    ids: NDArray[np.str_]
    names: NDArray[np.str_]
    kinds: NDArray[np.str_]
    grades: NDArray[np.str_]
    """A is best; "" = unknown."""
    capacity_m2: NDArray[np.float64]
    capacity_households: NDArray[np.float64]
    used_m2: NDArray[np.float64]
    used_households: NDArray[np.float64]
    """What contracts in force take up."""
    base: NDArray[np.float64]
    """Where they start from, (k, 2) in the metric CRS of the sites; NaN = unknown."""
    service_areas: tuple[frozenset[str], ...]
    """Codes of the areas that each serves; empty = everywhere."""
    running: tuple[NDArray[np.float64], ...] = ()
    """Places that each serves today, (m, 2) in the same CRS; none at all = not told."""
    bans: tuple[Ban, ...] = ()
    backstops: tuple[Backstop, ...] = ()

    def take(self, mask: NDArray[np.bool_]) -> Self:
        """Return the providers where the mask is true, with their bans and roles."""
        kept = set(self.ids[mask].tolist())
        arrays = {
            field.name: getattr(self, field.name)[mask]
            for field in fields(self)
            if isinstance(getattr(self, field.name), np.ndarray)
        }
        at = np.flatnonzero(mask).tolist()
        return replace(
            self,
            **arrays,
            service_areas=tuple(self.service_areas[k] for k in at),
            running=tuple(self.running[k] for k in at) if self.running else (),
            bans=tuple(ban for ban in self.bans if ban.provider in kept),
            backstops=tuple(role for role in self.backstops if role.provider in kept),
        )


def no_providers() -> Providers:
    """Return an empty register, for plans that stop at the zones."""
    text, number = np.array([], dtype=str), np.array([], dtype=np.float64)
    return Providers(
        ids=text,
        names=text,
        kinds=text,
        grades=text,
        capacity_m2=number,
        capacity_households=number,
        used_m2=number,
        used_households=number,
        base=np.empty((0, 2)),
        service_areas=(),
    )
