"""Measure what would change in a stored plan under another reach, minimum or crossing."""

from collections.abc import Callable

from django.db import transaction

from layers.draft import draft_sensitivity, metric_ground
from layers.models import Plan
from layers.planning.load_ground import load_ground
from layers.planning.propose_plan import release_connection
from layers.planning.read_policy import policy_of
from layers.sensitivity import Case


def measure_plan(
    plan: Plan,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_stored: Callable[[], None] = lambda: None,
) -> tuple[Case, ...]:
    """Keep the table of sensitivity with the plan, reckoned from what was known to the plan.

    It is of the proposal, whatever planners have changed since. `on_stored` is called in the
    transaction that stores the table: where it raises, nothing is stored.
    """
    policy = policy_of(plan)
    ground = load_ground(area=plan.area.code, valid=plan.valid_on, known=plan.known_at)
    release_connection()
    sites = metric_ground(ground, policy, on_date=plan.valid_on).sites
    rows = draft_sensitivity(
        ground, sites, policy, seed=plan.seed, on_progress=on_progress, should_stop=should_stop
    )
    with transaction.atomic():
        plan.sensitivity = [row.as_json() for row in rows]
        plan.save(update_fields=["sensitivity"])
        on_stored()
    return rows
