"""GB/T 8170: round half to even, once, on the exact decimal figure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

# Running sums give 208.5000000003 for an exact 208.5, and half-to-even would then go up. No concentration is measured
# to nine decimals, so what stands behind the ninth is noise of binary floats.
NOISE_DECIMALS = 9


def round_half_even(value: Decimal | float | str, places: int) -> Decimal:
    """``value`` rounded to ``places`` decimals by GB/T 8170 (half to even).

    A string or Decimal is taken as printed; a float is first freed of binary noise (``2.675`` is 2.675, not 2.67499…).
    Raises ``decimal.InvalidOperation`` for what is not a finite number.
    """
    exact = Decimal(repr(round(value, NOISE_DECIMALS))) if isinstance(value, float) else Decimal(value)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
