"""Areas by what people call them in a list: the code, the name, or the name behind that of the area above."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet

from lantian.apps.areas.models import Area


class AreaNames:
    """Some areas by every way to write them; one query."""

    def __init__(self, rows: QuerySet[Area]) -> None:
        self._areas: dict[str, set[Area]] = defaultdict(set)
        for area in rows.select_related("parent"):
            above = area.parent.name if area.parent else ""
            for name in {area.code, area.name, above + area.name}:
                self._areas[name].add(area)

    def __contains__(self, text: str) -> bool:
        return text in self._areas

    def find(self, text: str) -> Area | None:
        """The area of that name; None where there is none, or where several have it."""
        found = self._areas.get(text, set())
        return next(iter(found)) if len(found) == 1 else None

    def refusal(self, text: str) -> tuple[str, str]:
        """Why :meth:`find` finds nothing, in Chinese and English; the areas are those that the person keeps."""
        if few := len(self._areas.get(text, set())):
            return f"有{few}个区域叫“{text}”，请写代码或连上级名称", f"{few} areas are called {text}"
        return f"您管理的区域中没有“{text}”", f"none of your areas is called {text}"
