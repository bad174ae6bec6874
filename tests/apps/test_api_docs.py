"""docs/api.md names every operation with its scope, every scope, every error code with its status."""

from __future__ import annotations

from lantian.apps.core.api.errors import CODES
from lantian.apps.core.tokens import SCOPES
from lantian.site.api import api
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]


def test_every_operation_stands_in_the_docs_with_its_scope() -> None:
    declared = {
        (f"`{method.upper()} {path}`", f"`{operation['x-scope']}`")
        for path, operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, operation in operations.items()
    }
    assert {(row[0], row[1]) for row in ROWS if "/api/v1/" in row[0]} == declared


def test_every_scope_and_code_stands_in_the_docs() -> None:
    named = {(row[0], row[1]) for row in ROWS}
    assert {(f"`{code}`", str(item.status)) for code, item in CODES.items()} <= named
    assert {f"`{scope}`" for scope in SCOPES} <= {row[0] for row in ROWS}


def test_every_operation_says_what_it_does_and_has_its_own_id() -> None:
    operations = [
        operation
        for found in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].values()
        for operation in found.values()
    ]
    assert all(operation["summary"].endswith(".") for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_the_description_is_put_together_once() -> None:
    first, again = api.get_openapi_schema(path_prefix="/api/v1/"), api.get_openapi_schema(path_prefix="/api/v1/")
    assert first is again
    assert first is not api.get_openapi_schema(path_prefix="/other/")
