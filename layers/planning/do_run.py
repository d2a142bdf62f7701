"""Do a run: its districts one beside the other, each in a process, until all are finished.

What a district's plan says depends on its data, policy and seed alone, so that it is the same
however many processes there are and in whatever order they come to it. The rows of the parts are
all that is shared: a run that was killed at any moment goes on with the parts that are not done.
"""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

from geo.errors import Fault, InputError, gettext_noop
from layers.beside import side_by_side
from layers.models import FINISHED, PartState, Plan, PlanRun
from layers.planning.begin_run import parts_to_do
from layers.planning.do_part import do_part
from layers.planning.in_processes import cores, do_in_processes, free_bytes
from layers.policy_keys import Effort

MOST_BREAKS = 2
"""So often the run goes on after one of its processes was killed; then the machine is too small."""
BROKEN = gettext_noop(
    "计算进程 {times} 次意外中断（可能内存不足）。已完成的区县方案已保存；"
    "请减少同时计算的进程数，再次运行即从未完成的区县继续。"
)

Told = Callable[[PlanRun], None]


def do_run(
    run: PlanRun,
    *,
    processes: int | None = None,
    on_progress: Told = lambda _run: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Do the parts that are not finished; `on_progress` sees the run as it goes on.

    There are `processes` at once (None = as many as there are cores), and fewer where each would
    leave too little memory for the others.

    Raises
    ------
    InputError
        Where processes were killed again and again; what is done is kept.
    """
    # What a process was at when it was killed begins anew.
    unfinished = run.parts.exclude(state__in=FINISHED)
    unfinished.update(state=PartState.WAITING, step="", share=0.0)
    beside = side_by_side(
        parts=unfinished.count(),
        effort=Effort(run.effort),
        cores=cores(),
        free_bytes=free_bytes(),
        most=processes,
    )
    if beside.processes == 1:
        _do_here(run, on_progress, should_stop)
        return
    for _ in range(MOST_BREAKS + 1):
        parts = [part.pk for part in parts_to_do(run)]
        try:
            do_in_processes(
                parts, beside, on_look=lambda: on_progress(run), should_stop=should_stop
            )
        except BrokenProcessPool:
            continue
        return
    raise InputError(Fault(BROKEN, {"times": MOST_BREAKS + 1}))


def _do_here(run: PlanRun, on_progress: Told, should_stop: Callable[[], bool]) -> None:
    for part in parts_to_do(run):
        if not should_stop():
            do_part(part.pk, should_stop=should_stop, on_progress=lambda _share: on_progress(run))
            on_progress(run)


def plans_of(run: PlanRun) -> list[Plan]:
    """Return the plans of a run, district by district, the best of each first."""
    found = Plan.objects.filter(part__run=run, part__state=PartState.DONE)
    return list(found.select_related("area", "part").order_by("part__area__code", "rank"))


def run_hash(run: PlanRun) -> str:
    """Return one SHA-256 for all plans of a run: the same for the same plans."""
    told = [[plan.area.code, plan.rank, plan.plan_hash] for plan in plans_of(run)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
