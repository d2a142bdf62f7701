"""What the site says about itself: one line of JSON an event, on stderr.

Every request gets a number here, never one that came with it: all that is logged meanwhile carries
it, and so does the answer, so that a person can name it to who reads the log.
"""

import json
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)
request_number: ContextVar[str] = ContextVar("request_number", default="")


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with what was given as `extra={"facts": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": record.getMessage(),
            "request": request_number.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        told = {key: value for key, value in line.items() if value not in {"", None}}
        return json.dumps(told, ensure_ascii=False, default=str)


class NumberRequests:
    """Number each request, and log who asked for what, what was answered, and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with its number."""
        number = request.number = uuid4().hex  # type: ignore[attr-defined]
        token = request_number.set(number)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            facts = {
                "user": person_of(request),
                "method": request.method,
                "address": request.path,
                "status": response.status_code,
                "seconds": round(time.perf_counter() - begun, 3),
            }
            logger.info("answered", extra={"facts": facts})
        finally:
            request_number.reset(token)
        response["X-Request-ID"] = number
        return response


def person_of(request: HttpRequest) -> str:
    """Return who is signed in, as far as the request found out: the log asks no database."""
    found = getattr(request, "_cached_user", None)
    return found.get_username() if found is not None else ""
