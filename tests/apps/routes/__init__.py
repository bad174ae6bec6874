"""The permission table: one module per app names every address and what each kind of person is answered.

A module has ``ROUTES`` (name → method, thing, an answer for each of PERSONS) and may have ``DRAFT`` (the same pages of
what is not for everybody) and ``things(make_plan)``, which makes what its addresses stand for: thing → arguments.
"""

from __future__ import annotations

PERSONS = ("anonymous", "viewer", "coordinator", "administrator")
LOGIN = "login"  # sent to the login page

Routes = dict[str, tuple[str, str, tuple[int | str, ...]]]
