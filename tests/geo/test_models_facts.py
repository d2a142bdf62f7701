"""Facts are append-only, and remember when they were believed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from geo.errors import InputError
from geo.models import Committee, ContractItem
from geo.models.facts import Fact
from tests.rows import at, compound, covers, day, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    who, what = provider("甲物业"), compound("C1")
    return covers(who, what, signed_on=day(2020), valid_to=day(2025, 12, 31))


def as_of(valid, known):
    return list(ContractItem.objects.as_of(valid=valid, known=known))


@pytest.mark.usefixtures("item")
def test_a_fact_holds_from_its_first_day_to_its_last():
    days = [day(2019, 12, 31), day(2020), day(2025, 12, 31), day(2026)]
    assert [len(as_of(d, at(2030))) for d in days] == [0, 1, 1, 0]


def test_a_fact_without_days_always_holds():
    covers(provider("甲物业"), compound("C1"))
    assert len(as_of(day(1950), at(2030))) == 1


def test_an_ended_contract_no_longer_holds_afterwards(item):
    item.end(on=day(2024, 6, 30), reason="业主解聘", now=at(2024, 7, 2))
    assert as_of(day(2024, 7, 1), at(2024, 7, 3)) == []


def test_an_ended_contract_still_holds_as_known_before(item):
    item.end(on=day(2024, 6, 30), reason="业主解聘", now=at(2024, 7, 2))
    assert as_of(day(2024, 7, 1), at(2024, 7, 1)) == [item]


def test_at_the_moment_of_a_correction_only_the_new_row_counts(item):
    new = item.end(on=day(2024, 6, 30), reason="业主解聘", now=at(2024, 7, 2))
    assert as_of(day(2024, 6, 1), at(2024, 7, 2)) == [new]


def test_a_correction_keeps_what_it_does_not_change(item):
    new = item.correct(reason="补登备案", filed_on=day(2020, 2), now=at(2024))
    assert (new.signed_on, new.contract_id, new.late_reason) == (
        day(2020),
        item.contract_id,
        "补登备案",
    )


def test_a_correction_says_on_the_old_row_why(item):
    item.correct(reason="补登备案", filed_on=day(2020, 2), now=at(2024))
    item.refresh_from_db()
    assert (item.superseded_because, item.superseded_at) == ("补登备案", at(2024))


def test_a_second_correction_of_the_same_row_is_refused(item):
    item.correct(reason="补登备案", filed_on=day(2020, 2))
    with pytest.raises(InputError, match="该记录已被更正，请刷新后重试。"):
        item.correct(reason="再改", filed_on=day(2020, 3))


def test_a_correction_needs_a_reason(item):
    with pytest.raises(InputError, match="更正、终止或撤回须写明理由。"):
        item.correct(reason=" ", filed_on=day(2020, 2))


def test_a_correction_cannot_rewrite_history(item):
    with pytest.raises(TypeError, match="the history of a fact cannot be set: \\['recorded_at'\\]"):
        item.correct(reason="改", recorded_at=at(2000))


def test_a_correction_that_the_database_refuses_leaves_the_old_row(item):
    with pytest.raises(IntegrityError, match="days_in_order"), transaction.atomic():
        item.end(on=day(2019), reason="改")
    assert as_of(day(2020), at(2030)) == [item]


def test_a_withdrawn_fact_was_never_so(item):
    item.withdraw(reason="录错小区", now=at(2024))
    assert as_of(day(2020), at(2024)) == []


def test_a_withdrawn_fact_is_still_known_before(item):
    item.withdraw(reason="录错小区", now=at(2024))
    assert as_of(day(2020), at(2023)) == [item]


@pytest.mark.usefixtures("item")
def test_the_table_refuses_delete():
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ContractItem.objects.all().delete()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"valid_to": day(2021)}, id="another last day"),
        pytest.param({"signed_on": day(2020, 1, 2)}, id="another day of signing"),
        pytest.param({"superseded_at": None, "mode": "自治"}, id="another mode"),
        pytest.param({"superseded_at": at(2024), "mode": "自治"}, id="superseded and changed"),
        pytest.param({"superseded_because": "改"}, id="a reason without superseding"),
    ],
)
@pytest.mark.usefixtures("item")
def test_the_table_refuses_every_update_that_does_more_than_supersede(change):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ContractItem.objects.update(**change)


@pytest.mark.usefixtures("item")
def test_the_table_refuses_to_supersede_twice():
    ContractItem.objects.update(superseded_at=at(2024))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ContractItem.objects.update(superseded_at=at(2025))


@pytest.mark.usefixtures("item")
def test_the_table_refuses_raw_statements_too():
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE geo_contractitem SET signed_on = '2001-01-01'")


@pytest.mark.parametrize("fact", Fact.__subclasses__(), ids=lambda fact: fact.__name__)
def test_every_fact_is_append_only(fact):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND tgname LIKE 'pgtrigger_append_only%%' AND tgenabled = 'O'",
            [fact._meta.db_table],  # noqa: SLF001 (the public way to a model's table)
        )
        assert cursor.fetchone() == (1,)


def test_a_row_cannot_be_superseded_before_it_was_recorded(item):
    with (
        pytest.raises(IntegrityError, match="recorded_before_superseded"),
        transaction.atomic(),
    ):
        ContractItem.objects.update(superseded_at=item.recorded_at - timedelta(seconds=1))


def test_what_was_recorded_after_it_began_is_late():
    late = Committee(compound=compound("C1"), valid_from=day(2024), recorded_at=at(2024, 1, 2))
    assert late.is_late


@pytest.mark.parametrize("begins", [None, day(2024)], ids=["unknown day", "the same day"])
def test_other_facts_are_not_late(begins):
    assert not Committee(valid_from=begins, recorded_at=at(2024)).is_late


def test_current_facts_are_those_that_nothing_superseded(item):
    new = item.end(on=day(2024, 6, 30), reason="到期")
    assert list(ContractItem.objects.current()) == [new]


@pytest.mark.usefixtures("item")
def test_superseding_many_counts_them():
    assert ContractItem.objects.all().supersede(because="重录", now=at(2024)) == 1
