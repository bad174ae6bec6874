"""How work grows with its input: counted where work can be counted, else the processor's time of one size to another's.

A test that compares seconds with a constant says more about the machine than about the code. Figures of speed are
measured by ``bench``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any


def calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls, those written in C among them; alike on every machine.

    Work inside one call (a regular expression's, a copy's) is not seen: ask ``seconds`` for that.
    """
    number = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


def seconds(work: Callable[[], object]) -> float:
    """The processor's time for ``work``, the least of three, to be compared with that of another size only."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)
