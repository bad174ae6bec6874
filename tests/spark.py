"""One Spark for all tests that need it (the extra ``spark`` and Java), small enough to start for a few rows."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

from lantian.lake.spark import java, session
from tests.conftest import require

# A few rows at a time: no optimising compiler, no code written for a query, one thread.
_SMALL = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def live() -> Any:
    """A session of its own on the one Spark of this process; the test is skipped (in CI: fails) where there is none."""
    if importlib.util.find_spec("pyspark") is None:
        require("spark", "pyspark is not installed (the extra spark)")
    if not java():
        require("spark", "there is no Java")
    return _started().newSession()


@cache
def _started() -> Any:
    return session("local[1]", _SMALL)
