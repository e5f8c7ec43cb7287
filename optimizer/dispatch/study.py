"""Further questions about a plan, answered away from the books: plain JSON in, plain JSON out.

policies   who gains and who loses under another policy
hold_back  what each share held back would cost if the need turned out low, as thought, or high
loads      vehicles, tours, hours and pick lists
choice     what a wish costs, or what the next best source would have cost
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from optimizer.canonical import canonical_json
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.cargo import read_loading_question
from optimizer.dispatch.compare import compare_plans
from optimizer.dispatch.holdback import Scenario, least_regret, regret_table
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.loads import load_vehicles
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy

Task = Mapping[str, Any]


def answer(task: Task) -> dict[str, str]:
    """The answer to a study as canonical JSON: the same question, the same text."""
    return {"answer": canonical_json(ANSWERS[task["kind"]](task))}


def _policies(task: Task) -> dict[str, Any]:
    """The plan as it stands against the plan under the other policy, pins in force in both."""
    instance, first = Instance.from_json(task["instance"]), Plan.from_json(task["plan"])
    second = allocate(instance, Policy.from_plain(task["other"]), pins=[Pin(*pin) for pin in task["pins"]])
    return _side_by_side(instance, first, second)


def _choice(task: Task) -> dict[str, Any]:
    """The plan as it stands against the plan without the wish, where there is one; else without the source for these
    needs: what the next best would have been. All other pins are in force in both."""
    instance, first = Instance.from_json(task["instance"]), Plan.from_json(task["plan"])
    pins, chosen = [Pin(*pin) for pin in task["pins"]], [Pin(*pin) for pin in task["chosen"]]
    asked = {(pin.source_code, pin.need_code) for pin in chosen}
    others = [pin for pin in pins if (pin.source_code, pin.need_code) not in asked]
    is_wish = len(others) < len(pins)
    second = allocate(instance, Policy.from_plain(task["policy"]), pins=others if is_wish else [*pins, *chosen])
    needs = {pin.need_code for pin in chosen}
    return _side_by_side(instance, first, second) | {
        "is_wish": is_wish,
        "from_first": _sent(first, needs),
        "from_second": _sent(second, needs),
    }


def _sent(plan: Plan, needs: set[str]) -> dict[str, int]:
    """Units that these needs are sent, by source."""
    sent: dict[str, int] = defaultdict(int)
    for row in plan.shipments:
        if row.need_code in needs:
            sent[row.source_code] += row.quantity
    return dict(sent)


def _side_by_side(instance: Instance, first: Plan, second: Plan) -> dict[str, Any]:
    found = compare_plans(instance, first, second)
    return {
        "shifts": [asdict(row) | {"gain": row.gain} for row in found.shifts],
        "unmet_first": {str(key): value for key, value in found.unmet_first.items()},
        "unmet_second": {str(key): value for key, value in found.unmet_second.items()},
        "stages_first": [asdict(row) for row in found.stages_first],
        "stages_second": [asdict(row) for row in found.stages_second],
        "second": {"hash": second.hash, "rung": second.rung, "bound": second.bound, "gap": second.gap},
    }


def _hold_back(task: Task) -> dict[str, Any]:
    table = regret_table(
        Instance.from_json(task["instance"]),
        task["known_at_hour"],
        task["held_percents"],
        [Scenario(name, quantities=quantities) for name, quantities in task["scenarios"]],
        Policy.from_plain(task["policy"]),
    )
    rows = [
        {
            "held_percent": row.held_percent,
            "scenario": row.scenario,
            "unmet": {str(key): value for key, value in row.unmet.items()},
            "regret": row.regret,
        }
        for row in table
    ]
    return {"rows": rows, "least_regret_percent": least_regret(table)}


def _loads(task: Task) -> dict[str, Any]:
    question = read_loading_question(task)
    found = load_vehicles(question.cargoes, question.fleets, question.roads, question.gates)
    return asdict(found)


ANSWERS: Mapping[str, Callable[[Task], dict[str, Any]]] = {
    "policies": _policies,
    "hold_back": _hold_back,
    "loads": _loads,
    "choice": _choice,
}
