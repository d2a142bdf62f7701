"""What rows of compounds and management areas say of zones: lead, with whom, apart from whom."""

from collections.abc import Mapping, Sequence

from geo.loading.job import Job, Row
from geo.loading.recorded import known_values, state
from geo.loading.registered import Stored, check_lengths
from geo.models import ZoningWish
from geo.models.storage import NAME_LENGTH

COLUMNS = ("is_lead", "spare_m2", "together", "apart")


def check_wishes(rows: Sequence[Row], job: Job) -> None:
    """Refuse texts that are longer than their columns."""
    check_lengths(rows, dict.fromkeys(("together", "apart"), NAME_LENGTH), job)


def state_wishes(rows: Sequence[Row], stored: Mapping[str, Stored], thing: str, job: Job) -> None:
    """Record what is wanted of things today; what a row does not tell stays as it is."""
    known = {
        stored[row["code"]].pk: known_values({name: row[name] for name in COLUMNS}) for row in rows
    }
    among = {f"{thing}_id__in": [pk for pk, values in known.items() if values]}
    held = ZoningWish.objects.current().valid_on(job.today).filter(**among)
    believed = {row.pop(f"{thing}_id"): row for row in held.values(f"{thing}_id", *COLUMNS)}
    told = {
        pk: believed.get(pk, {}) | values | {f"{thing}_id": pk}
        for pk, values in known.items()
        if values
    }
    state(ZoningWish, told, job=job, key=lambda fact: getattr(fact, f"{thing}_id"), among=among)
