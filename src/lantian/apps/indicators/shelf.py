"""The indicators and rules of this installation's packs."""

from __future__ import annotations

from lantian.apps.registers import catalogue
from lantian.indicators.packs import Indicators


def indicators() -> Indicators:
    """Every indicator and rule of the packs in force (:mod:`lantian.apps.registers.catalogue`)."""
    return catalogue.indicators()
