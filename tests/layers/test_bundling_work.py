"""Blocks searched side by side: what is done is counted, told and stopped as if one by one."""

import threading
from dataclasses import replace
from functools import partial

import pytest

from layers.bundling import bundle_sites
from layers.bundling.budget import BUDGETS
from layers.bundling.work import Work
from layers.policy import Effort
from tests.layers.towns import policy_with, voronoi_town


def test_tasks_side_by_side_answer_in_their_order():
    gate = threading.Barrier(2, timeout=60)

    def task(name):
        gate.wait()  # nobody passes alone
        return name

    work = Work(planned=0)
    assert work.side_by_side([partial(task, name) for name in "ABCD"], cores=2) == [*"ABCD"]


def test_the_thread_that_waits_is_the_one_that_tells_and_asks():
    told, asked = [], []
    work = Work(
        planned=30,
        on_progress=lambda done, planned: told.append((threading.get_ident(), done, planned)),
        should_stop=lambda: asked.append(threading.get_ident()),
    )
    work.side_by_side([partial(work.may_go_on, 10)] * 3, cores=2)
    assert told[-1] == (threading.get_ident(), 30, 30)
    assert {*asked, *(thread for thread, _, _ in told)} == {threading.get_ident()}


def counting(work, *, until):
    """Work until told to stop, or for so long."""
    return next((step for step in range(until) if not work.may_go_on()), until)


def test_all_tasks_end_once_somebody_asks_them_to():
    work = Work(planned=0, should_stop=lambda: work.done >= 100)
    steps = work.side_by_side([partial(counting, work, until=10**9)] * 3, cores=2)
    assert work.is_stopped
    assert sum(steps) == work.done >= 100


def test_a_task_that_fails_ends_the_others():
    work = Work(planned=0)
    tasks = [partial(counting, work, until=10**9), lambda: 1 / 0]
    with pytest.raises(ZeroDivisionError):
        work.side_by_side(tasks, cores=2)


def test_tasks_end_when_the_one_who_is_told_fails():
    work = Work(planned=0, on_progress=lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work.side_by_side([partial(counting, work, until=10**9)] * 2, cores=2)


def test_what_counts_nothing_is_stopped_too():
    """A task that waits for another program has it ended, once somebody asks to stop."""
    work, ended = Work(planned=0, should_stop=lambda: True), threading.Event()

    def task():
        return work.solved(lambda: ended.wait(timeout=60), ended.set)

    for cores in (1, 2):
        assert work.side_by_side([task] * cores, cores=cores) == [True] * cores
        assert work.is_stopped
        ended.clear()


@pytest.mark.compiled
def test_a_proof_that_would_take_for_ever_ends_once_somebody_asks(monkeypatch):
    patient = replace(BUDGETS[Effort.PROOF], proof_effort=1e9)
    monkeypatch.setitem(BUDGETS, Effort.PROOF, patient)
    place = voronoi_town(40, seed=3)
    asked = []
    plan = bundle_sites(
        place.sites,
        place.links,
        policy_with(effort=Effort.PROOF),
        should_stop=lambda: asked.append(1) or len(asked) > 12,
    )
    assert plan.status == "stopped"
    assert sorted(site for zone in plan.zones for site in zone.members) == list(range(40))


def test_a_plan_is_the_same_on_one_core_and_on_two():
    place = voronoi_town(80, seed=2, subdistrict={f"s{i:04d}": f"D{i % 4}" for i in range(80)})
    plans = [
        bundle_sites(place.sites, place.links, policy_with(), seed=5, cores=cores)
        for cores in (1, 2)
    ]
    assert str(plans[0]) == str(plans[1])
    assert len(plans[0].zones) > 4
