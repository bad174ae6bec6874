"""How much two rewordings of a measure speak of the same thing: pairs of characters, weighed by how rare they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log, sqrt

Vector = dict[str, float]
_EVERYWHERE = 0.4  # share of all rows from which a pair of characters tells nothing


def topics(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """(old, new, likeness from 0 to 1) of all texts that share a telling pair of characters.

    The cosine of the texts' character pairs, each weighed by the inverse of its frequency in both plans together: words
    that every row has (各区, 加强, 市生态环境局) count little, 烟花爆竹 counts much. Neither order nor length matters:
    both change when one year's plan rewords another's.
    """
    counts = [_pairs(text) for text in (*old, *new)]
    rows = Counter(pair for count in counts for pair in count)
    weights = {
        pair: log((len(counts) + 1) / number)
        for pair, number in rows.items()
        if number > 1 and (number <= _EVERYWHERE * len(counts) or number <= 2)
    }
    vectors = [_unit(count, weights, len(counts)) for count in counts]
    where: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for j, vector in enumerate(vectors[len(old) :]):
        for pair, weight in vector.items():
            where[pair].append((j, weight))
    for i, vector in enumerate(vectors[: len(old)]):
        sums: dict[int, float] = defaultdict(float)
        for pair, weight in vector.items():
            for j, other in where.get(pair, ()):
                sums[j] += weight * other
        for j, likeness in sums.items():
            yield i, j, likeness


def _pairs(text: str) -> Counter[str]:
    letters = "".join(character for character in text if character.isalnum())
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1))


def _unit(count: Counter[str], weights: Vector, rows: int) -> Vector:
    """Of length one; pairs that stand in this row alone have no partner but make the row longer."""
    alone = log(rows + 1)
    length = sqrt(sum(((1 + log(n)) * weights.get(pair, alone)) ** 2 for pair, n in count.items()))
    return {pair: (1 + log(n)) * weights[pair] / length for pair, n in count.items() if pair in weights}
