"""Addresses of units and areas and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "areas:areas": ("get", "", (LOGIN, 200, 200, 200)),
    "areas:units": ("get", "", (LOGIN, 200, 200, 200)),
}
