"""What every request passes: its id, the person's language, the first password."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from lantian.apps.core.request_ids import request_id

Handler = Callable[[HttpRequest], HttpResponse]
API = "/api/"  # below it programs ask: no login page, no cookie for the language


def api_language(request: HttpRequest) -> str:
    """The language for a program: the first of ``Accept-Language`` that we speak, else Chinese."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        for code, _name in settings.LANGUAGES:
            if tag.split("-")[0] == code.split("-")[0]:
                return code
    return settings.LANGUAGE_CODE


class RequestId:
    """Gives each request an id, shown in the answer, the log and the audit record."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(uuid.uuid4()))
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id.get()
        finally:
            request_id.reset(token)
        return response


class PersonLanguage:
    """The person's own language, else the cookie of this browser, else Chinese; the browser's wish does not count.

    Programs say theirs with every request (:func:`api_language`).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        wanted = getattr(request.user, "language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        if request.path.startswith(API):
            language = api_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class FirstPassword:
    """Sends a person whose password somebody else chose to the page that changes it, whatever page was asked for.

    The API refuses such a person itself, in its own words.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not request.path.startswith(API):
            allowed = {reverse("core:password"), reverse("core:logout"), reverse("core:language")}
            if request.path not in allowed:
                return redirect("core:password")
        return self.get_response(request)


class WholeBody:
    """Says that a request was larger than this installation takes (413); what it brought was thrown away
    (:mod:`lantian.site.bodies`)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request, "scope", {}).get("too_large"):
            limit = settings.LANTIAN_UPLOAD_BYTES // 2**20
            return render(request, "core/refused.html", {"status": 413, "limit": limit}, status=413)
        return self.get_response(request)


class StorableText:
    """Refuses addresses and forms with NUL characters, which nobody types and PostgreSQL cannot store (400).

    Looks once the request may pass; what the API is sent, its operations check themselves.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        if request.path.startswith(API):
            return None
        values = (text for form in (request.GET, request.POST) for _name, texts in form.lists() for text in texts)
        if any("\x00" in str(text) for text in values):
            return render(request, "core/refused.html", {"status": 400}, status=400)
        return None
