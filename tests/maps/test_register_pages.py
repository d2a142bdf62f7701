"""The pages of providers and policies."""

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import Ban
from layers.models import Assignment, Plan
from maps.models import Membership, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hamlet")]


@pytest.fixture
def plan(client):
    plan = Plan.objects.select_related("area").get()
    user = User.objects.create_user("viewer")
    Membership.objects.create(user=user, role=Role.VIEWER, area=plan.area)
    client.force_login(user)
    return plan


def rows_of(client, plan):
    answer = client.get(reverse("providers", args=[plan.area.code]))
    return {row["name"]: row for row in answer.context["rows"]}, answer.content.decode()


def test_zones_proposed_are_those_of_the_newest_plan(client, plan):
    rows, _page = rows_of(client, plan)
    assigned = Assignment.objects.filter(zone__plan=plan)
    assert sum(row["proposed"] for row in rows.values()) == assigned.count()


def test_who_serves_most_comes_first(client, plan):
    rows, _page = rows_of(client, plan)
    served = [row["serves"] for row in rows.values()]
    assert served == sorted(served, reverse=True)
    assert served[0] > 0


def test_a_ban_is_told_with_its_area_and_end(client, plan):
    provider = Assignment.objects.filter(zone__plan=plan).first().provider
    today = timezone.localdate()
    Ban.objects.create(
        provider=provider,
        area=plan.area,
        reason="擅自退出",
        document="文〔2026〕1号",
        valid_from=today,
        valid_to=today.replace(year=today.year + 3),
    )
    rows, page = rows_of(client, plan)
    assert f"禁入至 {today.year + 3}" in rows[provider.name]["banned"]
    assert f'<span class="fault">{rows[provider.name]["banned"]}</span>' in page


def test_the_barred_are_listed_with_their_document_and_come_last_in_the_ranking(client, plan):
    best = Assignment.objects.filter(zone__plan=plan).first().provider
    Ban.objects.create(
        provider=best,
        area=plan.area,
        reason="擅自退出",
        document="文〔2026〕2号",
        valid_from=timezone.localdate(),
    )
    address = reverse("providers", args=[plan.area.code]) + "?order=grade"
    page = client.get(address)
    assert {ban["document"] for ban in page.context["barred"]} >= {"文〔2026〕2号"}
    rows = [(bool(row["banned"]), row["grade"] or "~") for row in page.context["rows"]]
    assert rows == sorted(rows)
    assert rows[-1][0]


def test_policies_are_shown_in_words(client, plan):
    page = client.get(reverse("policy", args=[plan.area.code])).content.decode()
    assert "系统缺省" in page
    assert "片区必须相连" in page
