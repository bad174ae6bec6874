"""The API object that the site fills with the routers of the apps and mounts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from lantian import __version__
from lantian.apps.core.api import errors

DESCRIPTION = (
    "Plans, measures, targets, units and areas of this installation. Every answer is limited to what the token's user"
    " may see. Figures are decimal text, dates ISO, objects named by uid. docs/api.md explains scopes, pages, ETags and"
    " errors."
)


class PlainJson(JSONRenderer):
    """Chinese as it is, which is half as long as escaped."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False, "separators": (",", ":")})


def make_api() -> NinjaAPI:
    """An API without operations: our error shape, no page of its own (that would load scripts from elsewhere)."""
    api = NinjaAPI(
        title="Lantian",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        renderer=PlainJson(),
        urls_namespace="api",
        openapi_extra={"info": {"x-release": __version__}},
    )
    errors.install(api)
    return api


def addresses(api: NinjaAPI) -> tuple[list[Any], str, str]:
    """The API's addresses for ``urlpatterns``. They do not lead to the login page: the API answers 401 itself."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback.login_required = False  # type: ignore[attr-defined]
    return patterns, app, namespace
