"""Where a field over the unit square crosses a level, as lines."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STRAIGHT = 1e-6  # of the field's range, by which a plane may be missed
NARROW = 2e-3  # of the square's side, by which a simpler line may be off


def contours(field: Floats, levels: Floats) -> list[list[Floats]]:
    """For each level the lines (points, 2) at which the field (n, n) crosses it.

    The field is known at the centres of n × n cells, row 0 below, and is linear between them and up to the edges.
    """
    n = len(field)
    odd, even = np.pad(field, 1, mode="reflect", reflect_type="odd"), np.pad(field, 1, mode="edge")
    padded, at = (odd + even) / 2, np.array([0, *(np.arange(n) + 0.5) / n, 1])
    across, up = np.meshgrid(at, at)
    design = np.stack([across, up, np.ones_like(across)], axis=-1).reshape(-1, 3)
    plane = np.linalg.lstsq(design, padded.ravel())[0]
    if np.abs(design @ plane - padded.ravel()).max() <= STRAIGHT * np.ptp(padded):
        return [_straight(plane[:2], level - plane[2]) for level in levels.tolist()]
    return [[_simpler(line) for line in _crossings(padded - level, at)] for level in levels.tolist()]


def _straight(normal: Floats, distance: float) -> list[Floats]:
    """The part of the line normal · x = distance in the unit square."""
    ends = []
    for axis in (0, 1):
        for side in (0.0, 1.0):
            if normal[1 - axis]:
                other = (distance - normal[axis] * side) / normal[1 - axis]
                if 0 <= other <= 1:
                    ends.append((side, other) if axis == 0 else (other, side))
    return [np.array([min(ends), max(ends)])] if len(set(ends)) > 1 else []


def _crossings(field: Floats, at: Floats) -> list[Floats]:
    """Marching squares: the lines at which the field is 0, each edge of the lattice crossed at its linear zero."""
    positive = field >= 0
    points: dict[tuple[int, int, int], tuple[float, float]] = {}
    for axis in (0, 1):  # an edge is (axis, row, column): 0 to the next column, 1 to the next row
        behind = (slice(None), slice(1, None)) if axis == 0 else (slice(1, None), slice(None))
        before = (slice(None), slice(None, -1)) if axis == 0 else (slice(None, -1), slice(None))
        for row, column in np.argwhere(positive[before] != positive[behind]).tolist():
            next_row, next_column = (row, column + 1) if axis == 0 else (row + 1, column)
            share = field[row, column] / (field[row, column] - field[next_row, next_column])
            points[axis, row, column] = (
                at[column] + share * (at[next_column] - at[column]),
                at[row] + share * (at[next_row] - at[row]),
            )
    neighbors: dict[tuple[int, int, int], list[tuple[int, int, int]]] = {edge: [] for edge in points}
    counted = positive[:-1, :-1].astype(int) + positive[1:, :-1] + positive[:-1, 1:] + positive[1:, 1:]
    for row, column in np.argwhere((counted > 0) & (counted < 4)).tolist():
        around = [(0, row, column), (1, row, column + 1), (0, row + 1, column), (1, row, column)]
        crossed = [edge for edge in around if edge in points]
        if len(crossed) == 4 and (field[row : row + 2, column : column + 2].mean() >= 0) != positive[row, column]:
            crossed = crossed[1:] + crossed[:1]  # the middle belongs to the other two corners
        for first, second in zip(crossed[::2], crossed[1::2], strict=True):
            neighbors[first].append(second)
            neighbors[second].append(first)
    return [np.array([points[edge] for edge in chain]) for chain in _chains(neighbors)]


def _chains(neighbors: dict[tuple[int, int, int], list[tuple[int, int, int]]]) -> list[list[tuple[int, int, int]]]:
    """Open chains from end to end, and then the loops, closed."""
    left, chains = set(neighbors), []
    for start in sorted(neighbors, key=lambda edge: len(neighbors[edge])):
        if start not in left:
            continue
        chain = [start]
        left.discard(start)
        while following := [edge for edge in neighbors[chain[-1]] if edge in left]:
            chain.append(following[0])
            left.discard(following[0])
        chains.append([*chain, start] if len(neighbors[start]) == 2 else chain)
    return chains


def _simpler(line: Floats) -> Floats:
    """The line without points that lie between their neighbours."""
    while True:
        first, middle, last = line[:-2:2], line[1:-1:2], line[2::2]
        along, away = last - first, middle - first
        cross = along[:, 0] * away[:, 1] - along[:, 1] * away[:, 0]
        needless = 2 * np.flatnonzero(np.abs(cross) <= NARROW * np.maximum(np.hypot(*along.T), NARROW)) + 1
        if not len(needless):
            return line
        line = np.delete(line, needless, axis=0)
