"""Whether the site works: for monitoring, and in short for anybody."""

import shutil
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE_S = 2
"""How long the database may take to answer."""
SILENCE_S = 60
"""How long a worker may be silent; it tells of itself every ten seconds."""
LEAST_FREE_GB = 1.0
BEAT = """
    SELECT extract(epoch FROM now() - max(last_heartbeat))::float8 FROM procrastinate_workers
"""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What was found; every part must be well."""

    database: bool
    worker_seconds_ago: float | None
    """Since a worker told of itself; None = there is none, or the database does not answer."""
    disk_free_gb: float
    version: str

    @property
    def is_well(self) -> bool:
        """Tell whether all is well."""
        beats = self.worker_seconds_ago is not None and self.worker_seconds_ago <= SILENCE_S
        return self.database and beats and self.disk_free_gb >= LEAST_FREE_GB


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    found = look()
    told: dict[str, Any] = {"status": "ok" if found.is_well else "fault"}
    if found.database and request.user.is_authenticated:
        told |= asdict(found)
    return JsonResponse(told, status=200 if found.is_well else 503)


def look() -> Health:
    """Look at database, worker and disk."""
    is_there, beat_s = ask_database()
    free = shutil.disk_usage(settings.VAR_DIR).free
    return Health(
        database=is_there,
        worker_seconds_ago=beat_s,
        disk_free_gb=round(free / 1e9, 1),
        version=version(),
    )


def ask_database() -> tuple[bool, float | None]:
    """Return whether the database answers, and how long ago a worker told of itself.

    By a connection of its own: those of the pool wait for a database that is away.
    """
    asked = connection.get_connection_params() | {"connect_timeout": PATIENCE_S}
    wanted = ("dbname", "user", "password", "host", "port", "connect_timeout")
    try:
        with psycopg.connect(**{key: asked[key] for key in wanted if key in asked}) as fresh:
            row = fresh.execute(BEAT).fetchone()
    except psycopg.Error:
        return False, None
    return True, row[0] if row else None


@cache
def version() -> str:
    """Return the version of the project."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])
