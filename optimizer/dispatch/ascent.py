"""Prices moved until they prove more: what the guide's optimum pays for stock and loading room, made fit for all lanes.

The guide sees some of the lanes, so its prices make lanes that it left out look profitable and prove little. Any
prices >= 0 prove a bound (``guide.relaxed_gain``), and the best of them prove the optimum. Here they climb towards
those: every claim spreads over the lanes that are nearly its most profitable; what is then asked of a supply or a dock
beyond what it has raises its price, and what is left over lowers it. No solver, no clock, and only operations that are
exact to the last bit on every machine: steps by Adam (Kingma and Ba 2015), smoothed by a rational kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.dispatch.packing import Packing
from optimizer.engine import FloatArray, IntArray

STEPS_MAX = 350
STEPS_MIN = 60
WORK_MAX = 110_000_000  # uses times steps
STRIDE, STRIDE_LAST = 0.1, 0.001  # of the mean price, in one step: the first and the last
BLUR, BLUR_LAST = 0.05, 0.003  # of the mean value of a unit: what counts as nearly as profitable, at first and at last
MEMORY, MEMORY_SQUARED = 0.9, 0.99  # of earlier steps, as in Adam
TINY = 1e-12


@dataclass(frozen=True)
class _Family:
    """What every use takes of the rows of one family: row, use and quantity of each entry."""

    rows: IntArray
    uses: IntArray
    takes: FloatArray
    height: int

    def charge(self, prices: FloatArray, uses: int) -> FloatArray:
        """[uses]  what each pays at these prices"""
        return np.bincount(self.uses, self.takes * prices[self.rows], uses).astype(np.float64)

    def asked(self, amounts: FloatArray) -> FloatArray:
        """[rows]  what these amounts of the uses take"""
        return np.bincount(self.rows, self.takes * amounts[self.uses], self.height).astype(np.float64)


class _Dual:
    """The bound as a function of its prices: stock rows, then the room of every load column up to its period."""

    def __init__(self, packing: Packing, value: FloatArray) -> None:
        matrix = packing.matrix
        self.uses = packing.uses
        self.order = np.argsort(packing.claim, kind="stable")
        sorted_claims = packing.claim[self.order]
        self.starts = np.flatnonzero(np.diff(sorted_claims, prepend=-1))
        self.counts = np.diff(np.append(self.starts, self.uses))
        self.wanted = matrix.row_upper[packing.wants.start : packing.wants.stop][sorted_claims[self.starts]]
        self.value = value
        self.stock = _family(packing, packing.stock, 1.0)
        self.loads = _family(packing, packing.loads, -1.0)
        self.periods = len(packing.network.instance.boundaries) - 1
        supply = matrix.row_upper[packing.stock.start : packing.stock.stop]
        self.room = np.concatenate([supply, matrix.column_upper[self.uses :]])

    def packed(self, stock: FloatArray, loads: FloatArray) -> FloatArray:
        """Prices by row as prices of stock and of the room until the end of a period."""
        chains = loads.reshape(-1, self.periods)
        later = np.pad(chains[:, 1:], ((0, 0), (0, 1)))
        return np.concatenate([stock, np.maximum(0.0, chains - later).ravel()])

    def unpacked(self, prices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same the other way round: a unit loaded in a period takes from the room until every later one too."""
        chains = prices[self.stock.height :].reshape(-1, self.periods)
        return prices[: self.stock.height], np.cumsum(chains[:, ::-1], axis=1)[:, ::-1].ravel()

    def look(self, prices: FloatArray, blur: float) -> tuple[float, FloatArray]:
        """The most that can be gained at these prices, and what of every row is left when claims choose by them."""
        stock, loads = self.unpacked(prices)
        profit = (self.value - self.stock.charge(stock, self.uses) - self.loads.charge(loads, self.uses))[self.order]
        best = np.maximum(0.0, np.maximum.reduceat(profit, self.starts))
        near = _eighth_power(1.0 + (np.repeat(best, self.counts) - profit) / blur)
        whole = np.add.reduceat(near, self.starts) + _eighth_power(1.0 + best / blur)  # the last: taking nothing
        amounts = np.empty(self.uses)
        amounts[self.order] = near * np.repeat(self.wanted / whole, self.counts)
        loaded = np.cumsum(self.loads.asked(amounts).reshape(-1, self.periods), axis=1).ravel()
        gain = float(np.sum(best * self.wanted) + np.sum(prices * self.room))
        return gain, self.room - np.concatenate([self.stock.asked(amounts), loaded])


def raised(packing: Packing, value: FloatArray, stock: FloatArray, loads: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Prices of stock rows and load rows that prove at least what the given ones prove.

    value [uses]  what a unit filled counts
    """
    if not packing.uses or not np.any(value > 0):
        return stock, loads
    dual = _Dual(packing, value)
    now = dual.packed(stock, loads)
    steps = max(STEPS_MIN, min(STEPS_MAX, WORK_MAX // packing.uses))
    unit, blur = _mean_prices(now, dual.stock.height), float(np.mean(value[value > 0]))
    least, best = np.inf, now
    drift, spread = np.zeros(len(now)), np.zeros(len(now))
    for step in range(1, steps + 1):
        done = step / steps
        gain, left = dual.look(now, blur * _between(BLUR, BLUR_LAST, done))
        if gain < least:
            least, best = gain, now
        slope = left / np.maximum(1.0, dual.room)
        drift = MEMORY * drift + (1 - MEMORY) * slope
        spread = MEMORY_SQUARED * spread + (1 - MEMORY_SQUARED) * slope * slope
        pace = (drift / (1 - MEMORY**step)) / (np.sqrt(spread / (1 - MEMORY_SQUARED**step)) + TINY)
        now = np.maximum(0.0, now - unit * _between(STRIDE, STRIDE_LAST, done) * pace)
    return dual.unpacked(best)


def _family(packing: Packing, rows: range, sign: float) -> _Family:
    """The entries of uses in one family, signs turned so that taking is positive."""
    matrix = packing.matrix
    row = matrix.row_of_entry()
    inside = (row >= rows.start) & (row < rows.stop) & (matrix.columns < packing.uses)
    return _Family(row[inside] - rows.start, matrix.columns[inside], sign * matrix.values[inside], len(rows))


def _mean_prices(prices: FloatArray, stock_rows: int) -> FloatArray:
    """[prices]  the mean of what has a price in the family, so that a step is as large for one as for the other."""
    unit = np.ones(len(prices))
    for part in (slice(0, stock_rows), slice(stock_rows, len(prices))):
        priced = prices[part][prices[part] > 0]
        unit[part] = float(np.mean(priced)) if len(priced) else 1.0
    return unit


def _between(first: float, last: float, done: float) -> float:
    """From the first to the last, falling by equal steps of the square root."""
    return float((np.sqrt(first) + (np.sqrt(last) - np.sqrt(first)) * done) ** 2)


def _eighth_power(base: FloatArray) -> FloatArray:
    """1 / base^8, without a logarithm: equal on every machine."""
    square = base * base
    fourth = square * square
    inverse: FloatArray = 1.0 / (fourth * fourth)
    return inverse
