"""Zones and providers in; who is proposed (拟推荐) for which zone, and why not the others, out."""

from layers.assignment.assign import Assignment, Refusal, assign_providers
from layers.assignment.choosing import (
    Candidate,
    Hearing,
    OtherZone,
    candidates,
    choose_provider,
    hear_providers,
    recommend_provider,
)
from layers.assignment.explain import CHOSEN_NOT_ALLOWED, RULE_WORDS
from layers.assignment.keep import Kept, keep_providers
from layers.assignment.offers import NOBODY
from layers.assignment.providers import Backstop, Ban, Providers, no_providers
from layers.assignment.signing import Held, Record, why_not_allowed
from layers.assignment.takeover import Takeover, takeovers

__all__ = [
    "CHOSEN_NOT_ALLOWED",
    "NOBODY",
    "RULE_WORDS",
    "Assignment",
    "Backstop",
    "Ban",
    "Candidate",
    "Hearing",
    "Held",
    "Kept",
    "OtherZone",
    "Providers",
    "Record",
    "Refusal",
    "Takeover",
    "assign_providers",
    "candidates",
    "choose_provider",
    "hear_providers",
    "keep_providers",
    "no_providers",
    "recommend_provider",
    "takeovers",
    "why_not_allowed",
]
