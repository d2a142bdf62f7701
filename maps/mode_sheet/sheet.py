"""The modes of an area under a policy, on a day as known on another: what page and files show."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest

from geo.models import ManagingArea
from layers.coverage import Flags
from layers.planning.report_history import Coverage, coverage_known
from layers.planning.report_modes import SiteModes, site_modes
from layers.policy import Policy
from maps.asked import Asked, asked_of
from maps.mode_sheet.choice import policy_asked, policy_called
from maps.mode_sheet.counts import Count, counts_of


@dataclass(frozen=True)
class Sheet:
    """The modes of one area."""

    area: ManagingArea
    asked: Asked
    policy_id: str
    coverage: Coverage

    @cached_property
    def policy(self) -> Policy:
        """Return the policy whose decision list is followed."""
        return policy_called(self.policy_id)

    @cached_property
    def found(self) -> SiteModes:
        """Return the modes of everywhere."""
        return site_modes(self.coverage, self.asked.valid, self.policy_id)

    @cached_property
    def inside(self) -> Flags:
        """Tell which sites lie in the area."""
        return self.found.inside(self.coverage.position(self.area.code))

    @cached_property
    def counts(self) -> list[Count]:
        """Return every mode with what has it."""
        return counts_of(self.found, self.inside)

    def query(self, **more: str) -> str:
        """Return what an address needs to ask the same, and more."""
        told = dict(parse_qsl(self.asked.query.removeprefix("?")))
        return "?" + urlencode({"policy": self.policy_id} | told | more)


def sheet_of(request: HttpRequest, area: ManagingArea) -> Sheet:
    """Return what the address asks for: day, knowledge and policy."""
    asked = asked_of(request)
    return Sheet(area, asked, policy_asked(request, area), coverage_of(asked))


def coverage_of(asked: Asked) -> Coverage:
    """Return what was known at the moment that is asked for."""
    return coverage_known(asked.known if asked.is_past else None)
