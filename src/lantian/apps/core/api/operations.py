"""Declaring an operation: its scope, its answers (all of them, for OpenAPI), and no parameter that nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from lantian.apps.core.api.auth import Bearer, Session
from lantian.apps.core.api.errors import Problem, Refusal, StaleProblem

View = Callable[..., Any]
_ALWAYS = (401, 403, 422, 429, 500)
_WITH_BODY = (400, 413)


def operation(
    router: Router,
    method: Literal["GET", "POST", "PATCH", "DELETE"],
    path: str,
    *,
    name: str,
    scope: str,
    gives: Any,
    status: int = 200,
    errors: tuple[int, ...] = (),
    extra: dict[str, Any] | None = None,
) -> Callable[[View], View]:
    """Decorator: the view answers ``method path`` to whoever has ``scope`` with ``gives``, or with an error.

    ``name`` is the address's name and, with the method, the operation's id; ``errors`` are the statuses beside those
    that every operation may answer; ``extra`` goes into its OpenAPI (bodies that are no JSON). A query parameter that
    the view does not know is refused: a filter misspelt must not give everything.
    """
    codes = {
        *_ALWAYS,
        *errors,
        *(_WITH_BODY if method not in ("GET", "DELETE") else ()),
        *((404,) if "{" in path else ()),
    }
    answers: dict[Any, Any] = {status: gives}
    if method == "GET":
        answers[304] = None
    answers |= {code: StaleProblem if code == 412 else Problem for code in sorted(codes)}

    def declare(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **values: Any) -> Any:
            _refuse_unknown(request, known)
            return view(request, *args, **values)

        # Annotations are text, which is to be understood in the view's module, not in this one.
        run.__signature__ = signature(view, eval_str=True)  # type: ignore[attr-defined]
        declared = router.api_operation(
            [method],
            path,
            auth=[Bearer(scope), Session(scope)],
            response=answers,
            operation_id=f"{method.lower()}_{name}",
            summary=(view.__doc__ or "").partition("\n")[0].strip(),
            description=f"Scope: `{scope}`.",
            url_name=name,
            openapi_extra={"x-scope": scope, "parameters": _preconditions(method, codes)} | (extra or {}),
        )(run)
        models = declared._ninja_operation.models  # type: ignore[attr-defined]
        known = {
            field
            for model in models
            if model.__ninja_param_source__ == "query"
            for field in model.__ninja_flatten_map__
        }
        return declared

    return declare


def _preconditions(method: str, codes: set[int]) -> list[dict[str, Any]]:
    """The headers about ETags, which the operation reads itself."""
    text = {"type": "string"}
    if method == "GET":
        what = "An ETag: where it still holds the answer is 304."
        return [{"in": "header", "name": "If-None-Match", "required": False, "schema": text, "description": what}]
    if 428 not in codes:
        return []
    what = "The ETag from which the change starts."
    return [{"in": "header", "name": "If-Match", "required": True, "schema": text, "description": what}]


def _refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    if unknown := sorted(set(request.GET) - known):
        raise Refusal("invalid", fields=[(f"query.{name}", _("is not known here")) for name in unknown])
