"""One shape for everything that goes wrong: ``{"error": {"code", "message", "fields", "request_id"}}``.

``code`` is for programs and never changes; ``message`` is one sentence in the language that was asked for; ``fields``
names what of the request is wrong. :data:`CODES` lists them all, docs/api.md explains them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from lantian.apps.core.api.wording import sentence
from lantian.apps.core.request_ids import request_id

log = logging.getLogger(__name__)


class _Code(NamedTuple):
    status: int
    message: Any  # lazy text


CODES = {
    "bad_request": _Code(400, _("The request cannot be read.")),
    "unauthenticated": _Code(401, _("Send a token, or log in.")),
    "bad_token": _Code(401, _("The token is unknown, expired or revoked.")),
    "forbidden": _Code(403, _("You are not allowed to do this.")),
    "insufficient_scope": _Code(403, _("The token lacks the scope that this needs.")),
    "csrf": _Code(403, _("A browser session needs the X-CSRFToken header to write.")),
    "password_change": _Code(403, _("The user must change the password first.")),
    "not_found": _Code(404, _("There is nothing here, or nothing that you may see.")),
    "method_not_allowed": _Code(405, _("This address does not take this method.")),
    "conflict": _Code(409, _("The state of the plan does not allow this.")),
    "stale": _Code(412, _("Somebody changed it since you read it; read it again.")),
    "too_large": _Code(413, _("The request is larger than this installation takes.")),
    "invalid": _Code(422, _("Something in the request is wrong; see the fields.")),
    "precondition_required": _Code(428, _("Send If-Match with the ETag that you read.")),
    "throttled": _Code(429, _("Too many bad tokens from this address; wait.")),
    "server_error": _Code(500, _("Something went wrong here. Give the request id to your administrator.")),
}
_BY_STATUS = {code.status: name for name, code in reversed(CODES.items())}


class FieldProblem(BaseModel):
    """One thing that is wrong: ``body.plans[0].measures[3].deadline.kind`` and a sentence."""

    name: str
    message: str


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str = Field(json_schema_extra={"enum": [*sorted(CODES)]})
    message: str
    fields: list[FieldProblem]
    request_id: str


class Problem(BaseModel):
    """The answer to every request that is refused or fails."""

    error: ErrorBody


class StaleProblem(Problem):
    """The answer to a write that started from an older state; ``current`` is the resource as it is now."""

    current: dict[str, Any]


class Refusal(Exception):
    """Ends an operation with one of :data:`CODES`; ``message`` replaces the common sentence."""

    def __init__(
        self,
        code: str,
        *,
        message: Any = None,
        fields: Iterable[tuple[str, Any]] = (),
        current: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.current = current
        self.retry_after = retry_after


def invalid(name: str, message: Any) -> Refusal:
    """The refusal of one wrong field."""
    return Refusal("invalid", fields=[(name, message)])


def answer(
    code: str, *, message: Any = None, fields: Sequence[tuple[str, Any]] = (), current: dict[str, Any] | None = None
) -> JsonResponse:
    """The response for a code, in the language that is active."""
    body: dict[str, Any] = {
        "error": {
            "code": code,
            "message": str(message or CODES[code].message),
            "fields": [{"name": name, "message": str(text)} for name, text in fields],
            "request_id": request_id.get(),
        }
    }
    if current is not None:
        body["current"] = current
    response = JsonResponse(body, status=CODES[code].status, json_dumps_params={"ensure_ascii": False})
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="lantian"'
    return response


def code_of(status: int) -> str:
    """The code that a bare status gets."""
    return _BY_STATUS.get(status) or ("server_error" if status >= 500 else "bad_request")


def install(api: NinjaAPI) -> None:
    """Make the API answer every exception in our shape."""
    api.add_exception_handler(Refusal, _refusal)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, lambda _request, _exc: answer("unauthenticated"))
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(PermissionDenied, lambda _request, _exc: answer("forbidden"))
    api.add_exception_handler(Http404, lambda _request, _exc: answer("not_found"))
    api.add_exception_handler(RequestDataTooBig, lambda _request, _exc: answer("too_large"))
    api.add_exception_handler(SuspiciousOperation, lambda _request, _exc: answer("bad_request"))
    api.add_exception_handler(MultiPartParserError, lambda _request, _exc: answer("bad_request"))
    api.add_exception_handler(Exception, _unexpected)


def _refusal(_request: HttpRequest, refusal: Any) -> HttpResponse:
    response = answer(refusal.code, message=refusal.message, fields=refusal.fields, current=refusal.current)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _validation(_request: HttpRequest, error: Any) -> HttpResponse:
    return answer("invalid", fields=[(_place(item["loc"]), sentence(item)) for item in error.errors])


def _place(loc: Sequence[str | int]) -> str:
    """``("body", "body", "plans", 0, "year")`` → ``body.plans[0].year``: the name of the argument is no part of it."""
    parts = list(loc)
    if len(parts) > 2 and parts[0] in ("body", "query", "form") and parts[1] in ("body", "filters", "page"):
        del parts[1]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    return answer("csrf" if "CSRF" in error.message else code_of(error.status_code))


def _unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer("server_error")
