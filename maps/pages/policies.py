"""Policies in words: what a city's document says, what the default adds, two beside each other."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from geo.errors import Fault, InputError
from geo.models import ManagingArea
from layers.policy import Policy, load_policy, policy_names
from maps.access import Right, may
from maps.pages.plans import NO_SUCH_POLICY
from maps.policy_chapters import PAST, Chapter, chapters_of
from maps.policy_words import STATUSES


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A policy as the page shows it."""

    policy: Policy
    status: str
    """In words; that of a document whose goals have ended is 历史政策."""
    chapters: tuple[Chapter, ...]


@require_safe
def policies(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Show one policy as sentences with their quotes, or two beside each other."""
    names = policy_names()
    asked = [request.GET.get("policy") or names[0], request.GET.get("beside", "")]
    context = {
        "shown": [shown_policy(name) for name in dict.fromkeys(filter(None, asked))],
        "names": [(name, load_policy(name).name) for name in names],
        "chosen": asked[0],
        "beside": asked[1],
        "may_plan": may(request.user, Right.PLAN, area),
    }
    return render(request, "maps/policies.html", context)


def shown_policy(name: str) -> Shown:
    """Return a policy of that name in the language of the page, or refuse the name."""
    if name not in policy_names():
        raise InputError(Fault(NO_SUCH_POLICY, {"given": name[:40]}))
    policy = load_policy(name)
    ends, today = policy.source.goal_ends, timezone.localdate()
    return Shown(
        policy=policy,
        status=gettext(PAST if ends is not None and ends < today else STATUSES[policy.status]),
        chapters=tuple(chapters_of(policy, on_date=today, translate=gettext)),
    )
