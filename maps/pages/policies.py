"""Policies in words: what each city's document says, and what the default adds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from layers.policy import load_policy, policy_names
from maps.policy_words import STATUSES, chapters_of


@require_safe
def policies(request: HttpRequest, area: ManagingArea) -> HttpResponse:  # noqa: ARG001 (policies hold everywhere)
    """Show every policy as sentences, those of the default marked."""
    found = [load_policy(name) for name in policy_names()]
    told = [
        (policy, gettext(STATUSES[policy.status]), chapters_of(policy, translate=gettext))
        for policy in found
    ]
    return render(request, "maps/policies.html", {"policies": told})
