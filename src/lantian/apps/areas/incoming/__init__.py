"""Areas and units from outside (a folder of CSV files, a workbook): read, compared with what is there, then saved."""

from __future__ import annotations

from lantian.apps.areas.incoming.reconcile import Incoming
from lantian.apps.areas.incoming.rows import Change, DirectoryError, Problem, Row, columns, read_folder, sheets

__all__ = ["Change", "DirectoryError", "Incoming", "Problem", "Row", "columns", "read_folder", "sheets"]
