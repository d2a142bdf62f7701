"""What a person is told when something was not found, or something of ours went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.defaults import page_not_found

from maps.middleware import wants_json

RETRY_AFTER_S = 2


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer with 404, in JSON where a script or a program asked."""
    if wants_json(request):
        return JsonResponse({"faults": [gettext("没有这样的内容，或您无权查看。")]}, status=404)
    return page_not_found(request, exception)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Answer with 503 where the database is away for a moment, else with 500."""
    # Without asking the database, which may be what is away.
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    told = (
        gettext("数据库暂时没有响应，请稍后重试。已经提交成功的修改不会丢失。")
        if is_away
        else gettext("程序出错，错误已记入日志。请告知管理员下面的编号。")
    )
    context = {"told": told, "number": getattr(request, "number", "")}
    status = 503 if is_away else 500
    headers = {"Retry-After": str(RETRY_AFTER_S)} if is_away else {}
    if wants_json(request):
        return JsonResponse({"faults": [told]}, status=status, headers=headers)
    return HttpResponse(render_to_string("500.html", context), status=status, headers=headers)
