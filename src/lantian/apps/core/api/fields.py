"""Types of what comes in: bounded, without the characters that a database refuses, dates only as ISO text."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WITHOUT_NUL = r"^[^\x00]*$"  # PostgreSQL takes no NUL in a text


def _day_text(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "a date such as 2025-12-31 is wanted")
    return value


def _near(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2100:  # its neighbour in another zone must exist, too
        raise PydanticCustomError("moment", "a year from 2000 to 2100 is wanted")
    return value


Words = Annotated[str, StringConstraints(max_length=200, pattern=WITHOUT_NUL)]
Day = Annotated[date, BeforeValidator(_day_text)]
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,20}$")]
