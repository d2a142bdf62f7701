"""Signing in by a token: for programs, which have no session, and only where they read."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import gettext_noop
from maps.middleware import API, Answer
from maps.models import Token, User
from maps.models.tokens import hash_of

SCHEME = "bearer"
NO_TOKEN = gettext_noop("请登录，或在请求头 Authorization 中写明“Bearer 访问密钥”。")
WRONG_TOKEN = gettext_noop("访问密钥无效或已停用。请向管理员索取新的密钥。")


class SignInByToken:
    """Let the person of a token ask the API; a wrong token, or none from a program, is 401.

    Pages know only sessions: there a token opens nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer to the person of the token."""
        if not request.path_info.startswith(API):
            return self.get_response(request)
        given = request.headers.get("Authorization", "")
        if given:
            user = user_of(given)
            if user is None:
                return _unknown(WRONG_TOKEN)
            request.user = user
        elif not request.user.is_authenticated and not request.accepts("text/html"):
            return _unknown(NO_TOKEN)
        return self.get_response(request)


def user_of(header: str) -> User | None:
    """Return whose token the header carries; None where it is none, or no longer."""
    scheme, _space, key = header.partition(" ")
    if scheme.lower() != SCHEME:
        return None
    held = Token.objects.select_related("user").filter(
        sha256=hash_of(key.strip()), revoked_at=None, user__is_active=True
    )
    token = held.first()
    if token is None:
        return None
    today = timezone.localdate()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
    return token.user


def _unknown(told: str) -> JsonResponse:
    headers = {"WWW-Authenticate": "Bearer"}
    return JsonResponse({"faults": [gettext(told)]}, status=401, headers=headers)
