"""People who edit one plan at the same moment, each on a connection of their own."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from layers.models import Plan, PlanEdit
from layers.planning.edit_plan import ConflictError
from layers.planning.read_sites import read_drawing
from tests.layers.drawn_plans import stored_plan
from tests.layers.test_edit_plan import does

pytestmark = pytest.mark.django_db(transaction=True)


def at_the_same_moment(plan, *edits):
    """Have people edit at one moment, each on a connection of their own; return what they got."""
    ready, given = Barrier(len(edits)), {}

    def edit(number, values):
        ready.wait()
        try:
            given[number] = does(Plan.objects.get(pk=plan.pk), revision=0, **values).revision
        except ConflictError as conflict:
            given[number] = conflict.overlapping
        finally:
            connection.close()

    people = [Thread(target=edit, args=each) for each in enumerate(edits)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return [given[number] for number in range(len(edits))]


def test_two_people_at_the_same_moment_do_not_lose_an_edit():
    plan = stored_plan("A B C D")
    one = {"action": "lock", "sites": "AB"}
    other = {"action": "lock", "sites": "BC"}
    assert sorted(map(str, at_the_same_moment(plan, one, other))) == ["('B',)", "1"]
    assert len(read_drawing(plan).locked) == 2


def test_an_edit_that_is_sent_twice_at_the_same_moment_is_made_once():
    plan, request = stored_plan("A B C D"), uuid4()
    twice = {"action": "assign", "sites": "D", "request": request}
    assert at_the_same_moment(plan, twice, twice) == [1, 1]
    assert PlanEdit.objects.get().request == request
