"""Every write of indicators."""

from lantian.apps.indicators.actions.binding import confirm, propose, release
from lantian.apps.indicators.actions.exempting import ask, decide, end, register_renamed
from lantian.apps.indicators.actions.finding import keep_findings
from lantian.apps.indicators.actions.keeping import keep

__all__ = ["ask", "confirm", "decide", "end", "keep", "keep_findings", "propose", "register_renamed", "release"]
