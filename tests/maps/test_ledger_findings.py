"""What lacks a sound basis: contracts signed without a decision, decisions below the majority."""

import pytest
from django.urls import reverse

from geo.models import ManagementArea, OwnersDecision
from maps.models import Role
from tests.maps.ledgers import signed_in
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    management_area,
    provider,
)

pytestmark = pytest.mark.django_db
SOUND = {"area_share": 0.7, "count_share": 0.7, "area_in_favour": 0.6, "count_in_favour": 0.6}


def decided(what, **values):
    told = {"way": "assembly", "recorded_at": LONG_AGO, "valid_from": day(2024)} | SOUND | values
    return OwnersDecision.objects.create(management_area=what, **told)


@pytest.fixture
def street():
    """Contracts on an area that decided, its compound, a building of it, and on two without."""
    street, firm = area("2101", name="解放街道"), provider("甲物业")
    inner, lone, silent = (compound(code, area=street) for code in "ABC")
    held = management_area("M1", [inner], area=street)
    other = management_area("M2", [silent], area=street)
    block = building("L1", area=street, compound=inner)
    decided(held)
    for thing in (held, inner, lone, other, block):
        covers(firm, thing, signed_on=day(2024, 2))
    return street


@pytest.fixture
def person(street):
    return signed_in(Role.VIEWER, street)


def tallies(person, street, **query):
    address = reverse("ledger_tallies", args=[street.code, "contract"], query=query)
    return {each.title: each.rows for each in person.get(address).context["basis"]}


def codes(person, street, kind, **query):
    answer = person.get(reverse("ledger_kind", args=[street.code, kind], query=query))
    assert answer.status_code == 200
    return {row.pk for row in answer.context["grid"].rows}


def test_contracts_that_were_signed_without_a_decision_are_counted_and_shown(person, street):
    assert tallies(person, street)["缺依据"] == 2
    rows = codes(person, street, "contract", finding="no_basis")
    assert len(rows) == 2
    assert rows < codes(person, street, "contract")
    assert tallies(person, street, date="2024-01-31")["缺依据"] == 0
    assert tallies(person, street, date="2023-12-31")["缺依据"] == 0


def test_a_decision_counts_from_its_day_and_as_known(person, street):
    row = OwnersDecision.objects.get()
    row.correct(valid_from=day(2024, 3), reason="更正", now=at(2025))
    assert tallies(person, street, date="2024-02-15")["缺依据"] == 5
    assert tallies(person, street, date="2024-02-15", known="2024-12-31")["缺依据"] == 2
    assert tallies(person, street, date="2024-03-01")["缺依据"] == 2


def test_decisions_below_the_law_s_majority_and_of_unknown_shares_are_told_apart(person, street):
    weak = [{"area_share": 0.66}, {"count_share": 0.5}, {"area_in_favour": 0.5}]
    for number, values in enumerate(
        [*weak, {"count_in_favour": None}, {"way": "temporary"} | weak[0]]
    ):
        decided(management_area(f"W{number}", area=street), **values)

    found = tallies(person, street)

    assert (found["未达法定比例"], found["表决比例不详"]) == (3, 1)
    assert len(codes(person, street, "decision", finding="below_majority")) == 3
    assert len(codes(person, street, "decision", finding="shares_unknown")) == 1
    assert len(codes(person, street, "decision", finding="no_basis")) == 6


def test_a_card_says_what_the_contract_rests_on(person, street):
    def card(code):
        return person.get(reverse("site_card", args=[street.code, code])).context["card"]

    assert (card("A").decision.valid_from, card("A").finding) == (day(2024), "")
    assert (card("B").decision, card("B").finding) == (None, "缺依据")
    assert card("C").finding == "缺依据"
    decided(card("C").managed.management_area, valid_from=day(2024, 5), count_in_favour=0.4)
    assert card("C").finding == "未达法定比例"


def test_areas_that_were_merged_without_the_owners_decision_are_found(person, street):
    other = management_area("M3", [compound("D", area=street)], area=street)
    ManagementArea.objects.filter(code="M3").update(
        merged_into=ManagementArea.objects.get(code="M2"), document="街办〔2024〕1号"
    )
    two = [compound(code, area=street) for code in "EF"]
    pair = management_area("M4", two, area=street)
    asked = {"kind": "management_area", "finding": "merged_undecided"}
    found = ManagementArea.objects.filter(pk__in=codes(person, street, **asked))
    assert sorted(found.values_list("code", flat=True)) == ["M2", "M4"]
    assert tallies(person, street)["合并缺依据"] == 2
    decided(pair, way="temporary")
    assert tallies(person, street)["合并缺依据"] == 2
    decided(pair)
    decided(other.merged_into or ManagementArea.objects.get(code="M2"))
    assert tallies(person, street)["合并缺依据"] == 0


def test_a_clerk_merges_areas_on_the_page_once_both_have_decided(street):
    clerk = signed_in(Role.CLERK, street, name="小李")
    away = management_area("M5", [compound("G", area=street)], area=street)
    kept = ManagementArea.objects.get(code="M1")
    address = reverse("ledger_merge", args=[street.code, away.pk])
    form = clerk.get(address)
    told = {
        "stamp": form.context["form"].stamp,
        "into": "M1",
        "name": "文宴雅居",
        "document": "街办〔2024〕2号",
        "since": "2024-06-01",
        "reason": "业主商定",
    }
    refused = clerk.post(address, told)
    assert (refused.status_code, "缺依据" in refused.content.decode()) == (400, True)
    decided(away)
    assert clerk.post(address, told | {"stamp": "old"}).status_code == 412
    stamp = clerk.get(address).context["form"].stamp
    done = clerk.post(address, told | {"stamp": stamp})
    assert (done.status_code, "文宴雅居" in done.content.decode()) == (200, True)
    away.refresh_from_db()
    assert (away.merged_into, away.valid_to) == (kept, day(2024, 5, 31))
