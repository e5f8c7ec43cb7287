"""Province size: a guide that plans several days together, the exact packing, and what neither can beat.

R1 solves the packing with near days one by one and far days together, then need by need on the lanes that took part.
R2 solves it need by need on all lanes. Both are written through the draft, rounded down and repaired; both carry a
bound proven from the prices of stock and loading room alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from optimizer.dispatch.arcs import Demand, Lane, Network
from optimizer.dispatch.ascent import raised
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.heuristics import finished, keep_pins
from optimizer.dispatch.instance import Pin
from optimizer.dispatch.packing import Packing, build_packing, claims_of, restricted
from optimizer.dispatch.plan import Plan, StageValue
from optimizer.dispatch.policy import Policy, Round
from optimizer.dispatch.score import unit_weights
from optimizer.dispatch.whole_loads import fit_whole, write_short
from optimizer.engine import FloatArray, IntArray, LinearProgram, Optimum, SolverFailed, solver_name, solver_version
from optimizer.limits import Budget, Rung

COLUMNS_SMALL = 60_000  # above it a coupled world goes by the guide first
NARROWED_MAX = 400_000
NEARLY = 1e-4  # the solver's last digits below a whole number
GROWTH = (1, 1, 2, 3, 3, 4, 5, 6)  # periods taken together by the guide, from the first on; the last width repeats


@dataclass(frozen=True)
class Prices:
    """What one round's optimum pays for a unit of stock and for loading room; any such prices prove a bound."""

    packing: Packing
    stock: FloatArray
    loads: FloatArray


def guided_plan(network: Network, policy: Policy, budget: Budget, pins: Sequence[Pin], rung: Rung) -> Plan:
    """A whole-number plan for a network without loading periods: near the optimum (R1) or rounded from it (R2)."""
    draft = Draft(network, pins)
    keep_pins(draft, pins)
    exact = build_packing(network, draft, claims_of(network, draft, ()))
    packing = exact if rung is Rung.EXACT_STAGES else narrowed(exact, draft, policy, budget)
    x, prices = settle_packing(packing, policy, budget)
    if packing is not exact:
        prices = [(together, raised_for(exact, together, row)) for together, row in prices]
    bounds = {together.key: proven(exact, together, row) for together, row in prices}
    if rung is Rung.EXACT_STAGES:
        write_short(draft, packing, x)
        for together, _ in prices:
            fit_whole(draft, packing, x, value_of(packing, together))
    else:
        write_uses(draft, packing, x)
    repair(draft)
    plan = finished(draft, pins, rung.value, solver_name(), solver_version(), policy)
    return with_bounds(plan, bounds)


def narrowed(exact: Packing, draft: Draft, policy: Policy, budget: Budget) -> Packing:
    """Need by need, but only from sources to receivers that the guide joins.

    Above ``NARROWED_MAX`` uses the guide itself has to do.
    """
    guide = build_packing(exact.network, draft, claims_of(exact.network, draft, edges(exact.network)))
    if exact.uses > NARROWED_MAX:
        return guide
    x, _ = settle_packing(guide, policy, budget, closing=False)
    way = ways(exact.network)
    return restricted(exact, np.isin(way[exact.lane], way[guide.lane[x > NEARLY]]))


def ways(network: Network) -> IntArray:
    """[lanes]  one number for each source and receiver: goods that a source gets later go where its stock goes."""
    pairs = [(lane.supply.source.code, lane.receiver.index) for lane in network.lanes]
    number = {pair: n for n, pair in enumerate(sorted(set(pairs)))}
    return np.array([number[pair] for pair in pairs], np.int64)


def edges(network: Network) -> tuple[int, ...]:
    """Hours between which the guide takes flows together: each period by itself at first, then more and more."""
    boundaries = network.instance.boundaries
    found, position, turn = [], 0, 0
    while position < len(boundaries) - 1:
        position = min(len(boundaries) - 1, position + GROWTH[min(turn, len(GROWTH) - 1)])
        found.append(boundaries[position])
        turn += 1
    return tuple(found)


def settle_packing(
    packing: Packing, policy: Policy, budget: Budget, *, closing: bool = True
) -> tuple[FloatArray, list[tuple[Round, Prices]]]:
    """Round by round the most filled, each locked; then, unless told not to, the least of
    late hours, late steps and kilometres.

    returns  what every use carries, and the prices of each round
    """
    program = LinearProgram(packing.matrix, budget.iterations)
    prices: list[tuple[Round, Prices]] = []
    width = len(packing.matrix.column_upper)
    x = np.zeros(packing.uses)
    for together in policy.rounds(claim.priority_class for claim in packing.claims):
        gain = np.zeros(width)
        gain[: packing.uses] = value_of(packing, together)
        optimum = program.minimise(-gain)
        x = optimum.x[: packing.uses]
        prices.append((together, prices_of(packing, optimum)))
        program.lock(-gain, optimum)
    if prices and closing:
        cost = np.zeros(width)
        cost[: packing.uses] = closing_cost(packing)
        with suppress(SolverFailed):  # GLOP may call a locked corner imprecise: then ties stay as they fell
            x = program.minimise(cost).x[: packing.uses]
    return x, prices


def value_of(packing: Packing, together: Round) -> FloatArray:
    """[uses]  what a unit filled counts in this round."""
    weights = unit_weights(packing.network.instance, together)
    worth = [float(weights.get(claim.demands[0].need.code, 0)) for claim in packing.claims]
    of_use: FloatArray = np.array(worth, np.float64)[packing.claim]
    return of_use


def closing_cost(packing: Packing) -> FloatArray:
    """[uses]  0 to 1, for choosing between equals: late hours, substitutes, cascade step, kilometres, blended."""
    lanes = packing.network.lanes
    step = np.array([lane.step.step for lane in lanes], np.float64)[packing.lane]
    km = np.array([lane.route.km for lane in lanes], np.float64)[packing.lane]
    swap = np.array([lane.preference for lane in lanes], np.float64)[packing.lane]
    cost = packing.late_hours * 100.0 + swap * 90.0 + step * 10.0 + km / max(1.0, km.max(initial=1.0))
    scaled: FloatArray = cost / max(1.0, float(cost.max(initial=1.0)))
    return scaled


def prices_of(packing: Packing, optimum: Optimum) -> Prices:
    """The duals of an optimum with their signs turned: what one more unit of stock or room would gain."""
    stock = np.maximum(0.0, -optimum.row_duals[packing.stock.start : packing.stock.stop])
    return Prices(packing, stock, np.maximum(0.0, optimum.row_duals[packing.loads.start : packing.loads.stop]))


def raised_for(exact: Packing, together: Round, prices: Prices) -> Prices:
    """Prices of some lanes made fit for all of them."""
    stock, loads = raised(exact, value_of(exact, together), prices.stock, prices.loads)
    return Prices(exact, stock, loads)


def proven(exact: Packing, together: Round, prices: Prices) -> float:
    """What the unmet of a round cannot undercut, in its weights: Lagrange with the prices held, no solver involved.

    At given prices every claim takes its most profitable lane or nothing, and every load column its better end.
    """
    value = value_of(exact, together)
    weights = unit_weights(exact.network.instance, together)
    demands = (d for claim in exact.claims for d in claim.demands)
    wanted = sum(weights.get(d.need.code, 0) * d.effective for d in demands)
    return max(0.0, wanted - relaxed_gain(exact, value, prices.stock, prices.loads))


def charges(packing: Packing, stock: FloatArray, loads: FloatArray) -> FloatArray:
    """[columns]  what every column pays for the stock and the loading room it takes."""
    matrix = packing.matrix
    duals = np.zeros(len(matrix.row_lower))
    duals[packing.stock.start : packing.stock.stop] = stock
    duals[packing.loads.start : packing.loads.stop] = -loads
    paid = matrix.values * duals[matrix.row_of_entry()]
    charged = np.bincount(matrix.columns, weights=paid, minlength=len(matrix.column_upper))
    return charged.astype(np.float64)


def relaxed_gain(packing: Packing, value: FloatArray, stock: FloatArray, loads: FloatArray) -> float:
    """An upper bound on what can be filled, for any prices >= 0 of stock rows and load rows."""
    matrix = packing.matrix
    charged = charges(packing, stock, loads)
    best = np.zeros(len(packing.claims))
    np.maximum.at(best, packing.claim, value - charged[: packing.uses])
    open_quantity = matrix.row_upper[packing.wants.start : packing.wants.stop]
    room = matrix.column_upper[packing.uses :]
    unused = np.maximum(0.0, -charged[packing.uses :])
    return float(
        best @ open_quantity + stock @ matrix.row_upper[packing.stock.start : packing.stock.stop] + unused @ room
    )


def write_uses(draft: Draft, packing: Packing, x: FloatArray) -> None:
    """Load what the packing says, soonest deadline first, so that every period's room goes to what needs it then."""
    chosen = np.flatnonzero(x > NEARLY)
    keys = (packing.lane[chosen], packing.period[chosen])
    for use in chosen[np.lexsort(keys)].tolist():
        left = int(x[use] + NEARLY)
        lane = packing.network.lanes[packing.lane[use]]
        for demand in packing.claims[packing.claim[use]].demands:
            if left > 0:
                left -= draft.load(lane, demand, left)


def repair(draft: Draft) -> None:
    """Fill what is still open from what is still on the shelf: class by class, worst fill first, nearest first."""
    network = draft.network
    stocked: dict[int, list[int]] = {}
    for number, lane in enumerate(network.lanes):
        if draft.left(lane.supply, lane.layer, lane.supply.pack if lane.receiver.closed else 1):
            stocked.setdefault(lane.receiver.index, []).append(number)
    needy: list[tuple[int, Fraction, int, str, int, Demand]] = []
    for receiver in network.receivers:
        if receiver.index in stocked:
            stocked[receiver.index].sort(key=lambda n: (*_nearness(network.lanes[n]), n))
            for demand in receiver.demands:
                if draft.open[demand.need.code]:
                    need = demand.need
                    row = (need.priority_class, draft.filled(demand), need.due_hour, need.code, receiver.index, demand)
                    needy.append(row)
    for *_, code, index, demand in sorted(needy, key=lambda row: row[:4]):
        for number in stocked[index]:
            if draft.open[code] == 0:
                break
            draft.load(network.lanes[number], demand, draft.open[code])


def _nearness(lane: Lane) -> tuple[int, int, int]:
    return lane.preference, lane.step.step, lane.route.km


def with_bounds(plan: Plan, bounds: dict[str, float]) -> Plan:
    """The plan with the bounds of its rounds. A bound of zero is what every stage has that nobody priced."""
    values = tuple(
        StageValue(row.name, row.key, row.value, bounds.get(row.key, 0.0) if row.name == "unmet" else 0.0)
        for row in plan.stage_values
    )
    rounds = [row for row in values if row.name == "unmet"]
    bound = sum(row.bound for row in rounds)
    above = sum(max(0.0, row.value - row.bound) for row in rounds)
    return replace(plan, stage_values=values, bound=bound, gap=above / max(1.0, bound))


def column_count(network: Network) -> int:
    """How many columns the arrival-node program of this network would have, lanes only."""
    limited = sum(bool(network.limits.on(lane.route)) for lane in network.lanes)
    return limited * (len(network.instance.boundaries) - 1) + len(network.lanes) - limited
