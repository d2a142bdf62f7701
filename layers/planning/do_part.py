"""Do one part of a run: propose the plans of a district and store them with the part's end."""

import time
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from geo.errors import InputError
from layers.draft import NothingToPlanError
from layers.models import PartState, Plan, RunPart
from layers.planning.propose_plan import propose_plan, propose_plans, release_connection
from layers.policy import aimed_policy, load_policy

SHARES = {
    "ground": (0.0, 0.1),
    "sites": (0.1, 0.2),
    "links": (0.2, 0.3),
    "proposal": (0.3, 0.9),
    "store": (0.9, 1.0),
}
"""How far each step takes a proposal, by what the demo's districts took."""
TELL_EVERY_S = 0.5


class RunStoppedError(Exception):
    """The run was asked to stop; the part is as if it had never begun."""


def do_part(
    number: int,
    *,
    cores: int | None = None,
    should_stop: Callable[[], bool],
    on_progress: Callable[[float], None] = lambda _share: None,
) -> None:
    """Propose and store the plans of a part, unless that is done already.

    A fault of the district's data ends the part and is told there: the other districts go on.
    `cores` is how many the search may use, None = all; `on_progress` is told the share of the part
    that is done, twice a second at most.
    """
    part = RunPart.objects.select_related("run", "area").get(pk=number)
    begun = time.monotonic()
    telling = Telling(part, should_stop, on_progress)
    try:
        _propose(part, telling, lambda: time.monotonic() - begun, cores=cores)
    except RunStoppedError:
        _change(part, state=PartState.WAITING, step="", share=0.0)
    except NothingToPlanError as error:
        _change(part, state=PartState.EMPTY, step="", share=1.0, said=error.report(gettext))
    except InputError as error:
        _change(part, state=PartState.FAILED, step="", share=1.0, said=error.report(gettext))


class Telling:
    """Tells on the part's row how far its work is, and hears whether to stop."""

    def __init__(
        self, part: RunPart, should_stop: Callable[[], bool], on_progress: Callable[[float], None]
    ) -> None:
        self.should_stop, self._on_progress = should_stop, on_progress
        self._part, self._shares, self._told_at = part, (0.0, 1.0), 0.0

    def begin(self, step: str) -> None:
        """Begin a step."""
        if self.should_stop():
            raise RunStoppedError
        self._shares = SHARES[step]
        self._told_at = time.monotonic()
        _change(self._part, state=PartState.RUNNING, step=step, share=self._shares[0])
        release_connection()

    def progress(self, done: int, planned: int) -> None:
        """Tell how much of the step is done, twice a second at most."""
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        first, last = self._shares
        share = first + (last - first) * min(done / max(planned, 1), 1.0)
        _change(self._part, share=share)
        self._on_progress(share)


def _propose(
    part: RunPart, telling: Telling, seconds: Callable[[], float], *, cores: int | None
) -> None:
    run = part.run

    def finish(plans: list[Plan]) -> None:
        """End the part in the transaction that stores its plans; a second one stores nothing."""
        held = RunPart.objects.select_for_update().get(pk=part.pk)
        if telling.should_stop() or held.state == PartState.DONE:
            raise RunStoppedError
        for plan in plans:
            plan.part = held
        Plan.objects.bulk_update(plans, ["part"])
        _change(held, state=PartState.DONE, step="", share=1.0, seconds=seconds())

    asked: dict[str, Any] = {
        "area": part.area,
        "policy": aimed_policy(load_policy(run.policy), effort=run.effort),
        "valid": run.valid_on,
        "known": run.known_at,
        "seed": run.seed,
        "by": run.created_by,
        "cores": cores,
        "on_step": telling.begin,
        "on_progress": telling.progress,
        "should_stop": telling.should_stop,
    }
    if run.wanted == 1:
        propose_plan(**asked, on_stored=lambda plan: finish([plan]))
    else:
        propose_plans(**asked, wanted=run.wanted, on_stored=finish)


def _change(part: RunPart, **values: object) -> None:
    """Change the row of a part, but for one that is done."""
    RunPart.objects.filter(pk=part.pk).exclude(state=PartState.DONE).update(**values)
