"""Time the overview on the database that the settings name: first visit, later ones, queries.

    python -m tests.benchmarks.overview [AREA …]     (default: the topmost area and its first below)

The first visit after a change reads the tables and counts all months; what the page needs is kept
in the process until a row changes. Times are those of the server: the view with its template.
"""

import os
import sys
import time
from collections.abc import Callable
from statistics import median

import django

ROUNDS = 7
MILLISECONDS = 1000


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
    for code in codes or [top.code, below.code]:
        for address in (
            f"/areas/{code}/",
            f"/areas/{code}/?rate=signed&unit=household",
            f"/areas/{code}/?unit=building",
            f"/areas/{code}/overview/areas.geojson",
            f"/areas/{code}/overview/heat.json",
            f"/areas/{code}/overview/table.xlsx",
        ):
            print(line(address, lambda: client.get(address)))  # noqa: B023, T201 (used at once)
    print(line("after a contract was signed", signed_anew(client, top.code), rounds=1))  # noqa: T201


def line(name: str, visit: Callable[[], object], *, rounds: int = ROUNDS) -> str:
    """Return the times of the first visit and of the later ones, with queries."""
    first = timed(visit)
    later = [timed(visit) for _ in range(rounds)]
    then = median(each[0] for each in later), median(each[1] for each in later), later[-1][2]
    return f"{name:44} first {told(first)}   then {told(then)}"


def told(visit: tuple[float, float, int]) -> str:
    """Return the figures of a visit in words."""
    took, worked, queries = visit
    return f"{took:7.0f} ms (own work {worked:6.0f} ms, {queries:2} queries)"


def timed(visit: Callable[[], object]) -> tuple[float, float, int]:
    """Return milliseconds that passed, milliseconds of this process, and queries of one visit."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        begun, at_work = time.perf_counter(), time.process_time()
        answer = visit()
        took = (time.perf_counter() - begun) * MILLISECONDS
        worked = (time.process_time() - at_work) * MILLISECONDS
    if answer.status_code != 200:  # type: ignore[attr-defined]
        sys.exit(f"status {answer.status_code}")  # type: ignore[attr-defined]
    return took, worked, len(queries)


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
