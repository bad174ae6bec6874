"""Addresses of the core and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "home": ("get", "", (LOGIN, 302, 302, 302)),
    "core:login": ("get", "", (200, 302, 302, 302)),
    "core:logout": ("post", "", (LOGIN, 302, 302, 302)),
    "core:language": ("post", "", (400, 400, 400, 400)),
    "core:password": ("get", "", (LOGIN, 200, 200, 200)),
}
