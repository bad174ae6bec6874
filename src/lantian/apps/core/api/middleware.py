"""What every answer below ``/api/`` gets, whoever made it: our error shape, an ETag, what it varies by."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from lantian.apps.core.api import errors, etags
from lantian.apps.core.middleware import API, api_language

_KEPT = ("Allow", "Retry-After", "X-Request-Id")


class ApiAnswers:
    """Stands outside of what may refuse a request before any operation sees it (host, size, method, address)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API):
            return response
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith("application/json"):
            response = _shaped(request, response)
        elif response.status_code == 200 and request.method == "GET":
            response = etags.conditional(request, response)
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
        return response


def _shaped(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    language = api_language(request)
    with translation.override(language):
        shaped = errors.answer(errors.code_of(response.status_code))
    shaped.status_code = response.status_code
    shaped.headers["Content-Language"] = language
    shaped.headers["Content-Length"] = str(len(shaped.content))  # what sets it otherwise stands inside of this
    for name in _KEPT:
        if name in response.headers:
            shaped.headers[name] = response.headers[name]
    return shaped
