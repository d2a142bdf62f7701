"""Time the overview on the database that the settings name: first visit, later ones, queries.

    python -m tests.benchmarks.overview [AREA …]     (default: the topmost area and its first below)

The first visit after a change reads the tables and counts all months; what the page needs is kept
in the process until a row changes. Times are those of the server: the view with its template.
What Python and PostgreSQL worked together counts; what passed tells of the machine as well.
"""

import logging
import os
import sys
from collections.abc import Callable

import django

from tests.benchmarks.effort import MILLISECONDS, Effort, effort, middle, work_alone
from tests.benchmarks.tables import verdict

ROUNDS = 15
MOST_MS = 300


def main(codes: list[str]) -> None:
    """Print a line for every page."""
    from django.test import Client  # noqa: PLC0415 (after the settings)

    from geo.models import ManagingArea  # noqa: PLC0415
    from maps.models import Membership, Role, User  # noqa: PLC0415

    top = ManagingArea.objects.filter(parent__isnull=True).order_by("code").first()
    if top is None:
        print("no city is loaded: make demo first")  # noqa: T201
        return
    below = top.children.order_by("code").first()
    user, _made = User.objects.get_or_create(username="benchmark")
    Membership.objects.get_or_create(user=user, role=Role.VIEWER, area=top)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    work_alone()
    logging.disable(logging.INFO)
    for code in codes or [top.code, below.code]:
        for address in (
            f"/areas/{code}/",
            f"/areas/{code}/?rate=signed&unit=household",
            f"/areas/{code}/?unit=building",
            f"/areas/{code}/overview/areas.geojson",
            f"/areas/{code}/overview/heat.json",
            f"/areas/{code}/overview/table.xlsx",
        ):
            then = report(address, lambda: client.get(address))  # noqa: B023 (used at once)
            if address.endswith("/"):
                measured = f"{then.worked * MILLISECONDS:.0f} ms"
                verdict(
                    f"{address} in {MOST_MS} ms",
                    measured,
                    is_reached=then.worked * MILLISECONDS <= MOST_MS,
                )
    report("after a contract was signed", signed_anew(client, top.code))


def report(name: str, visit: Callable[[], object]) -> Effort:
    """Print the first visit and the later ones, with queries; return what a later one costs."""
    first, queries_first = counted(visit)
    later = [counted(visit) for _ in range(ROUNDS)]
    then = middle([each for each, _queries in later])
    queries = sorted({queries for _each, queries in later})
    print(f"{name:44} first {first}, {queries_first} queries")  # noqa: T201
    print(f"{'':44} then  {then}, {' or '.join(map(str, queries))} queries")  # noqa: T201
    return then


def counted(visit: Callable[[], object]) -> tuple[Effort, int]:
    """Return what one visit costs, and its queries."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        spent = effort(lambda: must_be_answered(visit()))
    return spent, len(queries)


def must_be_answered(answer: object) -> None:
    """End where a page did not come."""
    if answer.status_code != 200:  # type: ignore[attr-defined]
        sys.exit(f"status {answer.status_code}")  # type: ignore[attr-defined]


def signed_anew(client: object, code: str) -> Callable[[], object]:
    """Return a visit right after one contract item was corrected."""
    from geo.models import ContractItem  # noqa: PLC0415

    def visit() -> object:
        item = ContractItem.objects.current().order_by("pk").first()
        item.correct(reason="benchmark")
        return client.get(f"/areas/{code}/")  # type: ignore[attr-defined]

    return visit


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    django.setup()
    main(sys.argv[1:])
