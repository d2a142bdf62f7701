"""Read whom planners chose for the zones of a stored plan."""

from layers.chosen import Choice, Chosen
from layers.models import Plan


def read_choices(plan: Plan) -> dict[str, Choice]:
    """Return the choices of a plan as it is now, by the label of the zone."""
    zones = plan.zones.exclude(chosen=None).select_related("chosen").defer("geometry")
    return {str(zone.number): zone.choice for zone in zones.order_by("number") if zone.choice}


def read_chosen(plan: Plan) -> tuple[Chosen, ...]:
    """Return the choices of a plan with the sites that each was made for."""
    choices = read_choices(plan)
    held: dict[str, set[str]] = {label: set() for label in choices}
    rows = plan.sites.filter(zone__number__in=[int(label) for label in choices])
    for site, number in rows.values_list("site", "zone__number"):
        held[str(number)].add(site)
    return tuple(Chosen(choice, frozenset(held[label])) for label, choice in choices.items())
