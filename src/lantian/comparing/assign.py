"""The best one-to-one assignment by the Hungarian method, on the sparse scores that rows of two plans give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

Scores = Mapping[tuple[int, int], float]  # (left, right) → gain above zero; what is not there may not be paired
_DENSE = 250  # rows of one knot of candidates above which the best pair is taken first instead of the best sum


def assign(scores: Scores) -> dict[int, int]:
    """Left → right with the greatest sum of gains; whatever is left without a partner is not in the result."""
    result: dict[int, int] = {}
    for knot in _knots(scores):
        lefts = sorted({left for left, _right in knot})
        rights = sorted({right for _left, right in knot})
        solve = _greedy if max(len(lefts), len(rights)) > _DENSE else _hungarian
        result |= solve(knot, lefts, rights)
    return result


def _knots(scores: Scores) -> list[dict[tuple[int, int], float]]:
    """Candidates that compete with one another, directly or through others."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in scores:
        parent[root(("left", left))] = root(("right", right))
    knots: dict[tuple[str, int], dict[tuple[int, int], float]] = defaultdict(dict)
    for pair, gain in scores.items():
        knots[root(("left", pair[0]))][pair] = gain
    return list(knots.values())


def _greedy(knot: Scores, _lefts: list[int], _rights: list[int]) -> dict[int, int]:
    result: dict[int, int] = {}
    taken: set[int] = set()
    for (left, right), _gain in sorted(knot.items(), key=lambda item: (-item[1], item[0])):
        if left not in result and right not in taken:
            result[left] = right
            taken.add(right)
    return result


def _hungarian(knot: Scores, lefts: list[int], rights: list[int]) -> dict[int, int]:
    """Kuhn–Munkres with potentials, O(rows² × columns); a gain of zero stands for "no partner"."""
    if len(lefts) > len(rights):
        turned = {(right, left): gain for (left, right), gain in knot.items()}
        return {left: right for right, left in _hungarian(turned, rights, lefts).items()}
    rows, columns = len(lefts), len(rights)
    cost = [[-knot.get((left, right), 0.0) for right in rights] for left in lefts]
    u, v = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least, used = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while owner[column]:
            used[column] = True
            line, base, delta, following = cost[owner[column] - 1], u[owner[column]], float("inf"), 0
            for j in range(1, columns + 1):
                if used[j]:
                    continue
                reduced = line[j - 1] - base - v[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    pairs = ((lefts[owner[j] - 1], rights[j - 1]) for j in range(1, columns + 1) if owner[j])
    return {left: right for left, right in pairs if knot.get((left, right), 0.0) > 0}
