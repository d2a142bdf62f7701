"""What holds for every answer: mistakes are told in words, and pages run only our own code."""

from collections.abc import Callable, Mapping

import pghistory
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop

ZERO_BYTE = gettext_noop("地址中有不能使用的字符（零字节）。请从页面上的链接重新进入。")
API = "/api/"
"""Where programs ask."""
Answer = Callable[[HttpRequest], HttpResponseBase]
MAY = {
    "default-src": "'self'",
    # Charts and maps set sizes and colours as styles of elements.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'self'",
}


def policy_text(may: Mapping[str, str]) -> str:
    """Return a Content-Security-Policy as its header says it."""
    return "; ".join(f"{what} {where}" for what, where in may.items())


PAGES_MAY = policy_text(MAY)
"""What our pages may do in the browser (Content-Security-Policy)."""


def with_pictures_of(host: str, answer: HttpResponse) -> HttpResponse:
    """Let a page show pictures of the base map's host, where it has one; return the page."""
    if host:
        may = MAY | {"img-src": f"{MAY['img-src']} {host}"}
        answer.headers["Content-Security-Policy"] = policy_text(may)
    return answer


class SpeakAsChosen(LocaleMiddleware):
    """Speak Chinese until the person switches; what the browser was delivered with says nothing."""

    def process_request(self, request: HttpRequest) -> None:
        """Take the language of the person's choice."""
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)


class SayFaults:
    """Answer a person's mistake with status 400 and every fault, as page, fragment or JSON."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Refuse what no text of the database can be: a path with a zero byte leads nowhere."""
        if "\0" in request.path_info:
            raise Http404
        given = (text for _key, texts in request.GET.lists() for text in texts)
        if any("\0" in text for text in given):
            return self.process_exception(request, InputError(ZERO_BYTE))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the answer to a person's mistake; anything else is ours."""
        if not isinstance(error, InputError):
            return None
        faults = [fault.sentence(gettext) for fault in error.faults]
        if wants_json(request):
            return JsonResponse({"faults": faults}, status=400)
        template = "maps/faults.html" if "HX-Request" in request.headers else "400.html"
        return render(request, template, {"faults": faults}, status=400)


class KeepToOurCode:
    """Allow a page only scripts, pictures and addresses of this site, unless it says otherwise."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with its policy."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", PAGES_MAY)
        return response


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script or a program asked, and not a person's browser."""
    if request.path_info.startswith(API):
        return True
    return request.content_type == "application/json" or not request.accepts("text/html")


CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class NameTheAuthor:
    """Keep with every change who asked for it, by which request and from where (see audit)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer; the number of its request stands in log and audit."""
        number = getattr(request, "number", "")
        if request.method in CHANGING:
            told = {
                "user": request.user.pk,
                "request": number,
                "url": request.path,
                "address": request.META.get("REMOTE_ADDR", ""),
            }
            with pghistory.context(**told):
                response = self.get_response(request)
        else:
            response = self.get_response(request)
        return response
