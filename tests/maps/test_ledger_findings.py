"""What lacks a sound basis: contracts signed without a decision, decisions below the majority."""

import pytest
from django.urls import reverse

from geo.models import OwnersDecision
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
