"""A provider over time, what its exit re-opens, and the exit and ban that a clerk enters."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.frames.past import managing_tree
from geo.models import Ban, ContractItem, Exit
from geo.recording.exits import ban_end, serving
from layers.models import Assignment, Plan
from maps.models import Membership, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hamlet")]


@pytest.fixture
def plan():
    return Plan.objects.select_related("area").get()


@pytest.fixture
def clerk(client, plan):
    user = User.objects.create_user("clerk")
    Membership.objects.create(user=user, role=Role.CLERK, area=plan.area)
    client.force_login(user)
    return client


@pytest.fixture
def item(plan):
    """Return something that is served in the plan's area, by whom the plan proposes nothing."""
    inside = managing_tree(area=plan.area.code, known=timezone.now()).inside()
    rows = ContractItem.objects.current().filter(
        signed_on__isnull=False, compound__area_id__in=inside
    ) | ContractItem.objects.current().filter(
        signed_on__isnull=False, management_area__area_id__in=inside
    )
    today = timezone.localdate()
    found = rows.filter(valid_to__gt=today, valid_from__lt=today).select_related(
        "contract__provider"
    )
    return found.order_by("pk").first()


def at(name, plan, provider):
    return reverse(name, args=[plan.area.code, provider.code])


def test_a_contract_signed_while_barred_is_found(clerk, plan, item):
    provider = item.contract.provider
    page = clerk.get(at("provider", plan, provider))
    before = page.context["found"]
    Ban.objects.create(
        provider=provider,
        area=plan.area,
        reason="擅自退出",
        document="示例〔2020〕1号",
        valid_from=item.signed_on,
        valid_to=item.signed_on,
    )
    page = clerk.get(at("provider", plan, provider))
    assert page.context["found"] == before + 1
    text = page.content.decode()
    assert f"{item.signed_on} 签约时处于禁入期（依据“示例〔2020〕1号”：擅自退出）。" in text
    assert 'class="ban"' in text
    assert 'class="contract-found"' in text


def test_an_exit_shows_what_is_served_and_proposed_and_who_could(clerk, plan):
    provider = Assignment.objects.filter(zone__plan=plan).first().provider
    page = clerk.get(at("provider_exit", plan, provider))
    zones = Assignment.objects.filter(zone__plan=plan, provider=provider)
    told = page.context["proposed"]
    assert {int(each["row"].name) for each in told} == {each.zone.number for each in zones}
    assert all(each["row"].takeover.provider != provider.name for each in told)
    assert all(each["why"] for each in told)
    assert Exit.objects.filter(contract__provider=provider).count() == 0


def test_what_is_served_is_listed_with_its_size(clerk, plan, item):
    page = clerk.get(at("provider_exit", plan, item.contract.provider))
    codes = {each["row"].code for each in page.context["served"]}
    assert item.covered.code in codes
    assert page.context["floor_area_m2"] > 0


def test_an_exit_ends_every_contract_in_the_area_with_its_reason(clerk, plan, item):
    provider = item.contract.provider
    today = timezone.localdate()
    count = len(clerk.get(at("provider_exit", plan, provider)).context["contracts"])
    sent = {"ends_on": today.isoformat(), "exit_reason": "walked_away", "document": "示〔2026〕9号"}
    answer = clerk.post(at("provider_leave", plan, provider), sent)
    assert answer.status_code == 302
    exits = Exit.objects.filter(contract__provider=provider)
    assert set(exits.values_list("reason", "document", "valid_from")) == {
        ("walked_away", "示〔2026〕9号", today)
    }
    assert exits.count() == count > 0
    page = clerk.get(at("provider", plan, provider)).content.decode()
    assert '<span class="fault">擅自退出</span> · 示〔2026〕9号' in page
    assert (
        clerk.get(at("provider_exit", plan, provider) + f"?date={today + timedelta(1)}").context[
            "contracts"
        ]
        == []
    )


def test_an_exit_without_reason_ends_nothing(clerk, plan, item):
    answer = clerk.post(at("provider_leave", plan, item.contract.provider), {"ends_on": ""})
    assert answer.status_code == 400
    assert "请选择终止原因。" in answer.content.decode()
    assert ContractItem.objects.current().filter(pk=item.pk).exists()


def test_nothing_is_barred_without_a_document(clerk, plan, item):
    provider = item.contract.provider
    answer = clerk.post(at("provider_ban", plan, provider), {"valid_from": "2026-11-22"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "禁入须有文件依据，请填写文号。" in text
    assert "请填写禁入原因。" in text
    assert not Ban.objects.filter(provider=provider, valid_from=date(2026, 11, 22)).exists()


def test_a_ban_is_entered_with_its_document_and_days(clerk, plan, item):
    provider = item.contract.provider
    sent = {
        "document": "示〔2026〕10号",
        "why": "动辄退出",
        "valid_from": "2026-11-22",
        "valid_to": "2029-11-22",
    }
    assert clerk.post(at("provider_ban", plan, provider), sent).status_code == 302
    ban = Ban.objects.get(provider=provider, document="示〔2026〕10号")
    assert (ban.area, ban.reason) == (plan.area, "动辄退出")
    assert (ban.valid_from, ban.valid_to) == (date(2026, 11, 22), date(2029, 11, 22))


def test_an_exit_asks_for_the_right_to_change(client, plan, item):
    user = User.objects.create_user("viewer")
    Membership.objects.create(user=user, role=Role.VIEWER, area=plan.area)
    client.force_login(user)
    provider = item.contract.provider
    assert "登记退出" not in client.get(at("provider_exit", plan, provider)).content.decode()
    assert client.post(at("provider_leave", plan, provider)).status_code == 404


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2024, 3, 1), date(2027, 3, 1)), (date(2024, 2, 29), date(2027, 2, 28))],
)
def test_a_ban_of_three_years_ends_on_the_same_day(first, last):
    assert ban_end(first, years=3) == last


def test_who_serves_nothing_has_nothing_to_leave(item):
    assert serving(item.contract.provider, inside=set(), day=timezone.localdate()) == []
