"""The API object that the site fills with the routers of the apps and mounts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
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


class DescribedApi(NinjaAPI):
    """An API that keeps its description: putting it together takes half a second and nothing changes it later."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description for the addresses below ``path_prefix``; to be read, every caller gets the same."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        kept = self.__dict__.setdefault("_described", {})
        if prefix not in kept:
            kept[prefix] = super().get_openapi_schema(path_prefix=prefix)
        found: OpenAPISchema = kept[prefix]
        return found


def make_api() -> NinjaAPI:
    """An API without operations: our error shape, no page of its own (that would load scripts from elsewhere)."""
    api = DescribedApi(
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
