"""Zones and providers in; who is proposed (拟推荐) for which zone, and why not the others, out."""

from layers.assignment.assign import Assignment, Refusal, assign_providers
from layers.assignment.keep import Kept, keep_providers
from layers.assignment.offers import NOBODY
from layers.assignment.providers import Backstop, Ban, Providers, no_providers
from layers.assignment.signing import Held, Record, why_not_allowed
from layers.assignment.takeover import Takeover, takeovers

__all__ = [
    "NOBODY",
    "Assignment",
    "Backstop",
    "Ban",
    "Held",
    "Kept",
    "Providers",
    "Record",
    "Refusal",
    "Takeover",
    "assign_providers",
    "keep_providers",
    "no_providers",
    "takeovers",
    "why_not_allowed",
]
