"""Registers (台账): what a pack declares, and whether a row keeps to it. No database, no web."""

from lantian.registers.declared import Check, Choice, Field, Label, Pack, Register
from lantian.registers.errors import PackProblem, PacksRefused
from lantian.registers.packs import SHIPPED, Packs, load

__all__ = [
    "SHIPPED", "Check", "Choice", "Field", "Label", "Pack", "PackProblem", "Packs", "PacksRefused", "Register", "load",
]  # fmt: skip
