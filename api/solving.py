"""A solve in a child process of its own: it can be killed, and a fault of the solver takes nothing else with it.

The child is handed one JSON text and gives one back. It knows no database.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.heuristics import nearest_first_on
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.policy import Policy

WALL_S = 600.0
"""A solve is bounded by effort, which takes seconds; this only ends one that hangs."""


class SolveFailed(Exception):
    """No answer, and why, in one sentence."""


def solve(kind: str, text: str) -> str:
    """The answer to a job, in this process."""
    return SOLVERS[kind](json.loads(text))


def solve_in_child(kind: str, text: str, *, wall_s: float = WALL_S) -> str:
    """The answer to a job from a fresh process. Raises SolveFailed when it hangs, dies or fails."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, kind, text), name=f"solve-{kind}", daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(wall_s):
            raise SolveFailed(f"no answer within {wall_s:.0f} s")
        answer, error = ours.recv()
    except EOFError:
        child.join()
        raise SolveFailed(f"the solver ended with exit code {child.exitcode}") from None
    finally:
        child.kill()
        child.join()
        ours.close()
    if error is not None:
        raise SolveFailed(error)
    return str(answer)


def first_answer(task: Mapping[str, Any]) -> dict[str, str] | None:
    """Nearest-first at once, in this process and without a solver.

    None where a plan in force stands meanwhile, and where small shipments are unwanted: it does not know of them.
    """
    if task["followed"] is not None or task.get("smallest"):
        return None
    pins = [Pin(*pin) for pin in task["pins"]]
    network = build_network(Instance.from_json(task["instance"]), pins)
    plan = nearest_first_on(network, pins, Policy.from_plain(task["policy"]))
    return {"plan": plan.to_json(), "explanation": "[]", "yardsticks": "{}"}


def _work(connection: Connection, kind: str, text: str) -> None:
    try:
        connection.send((solve(kind, text), None))
    except Exception as error:
        connection.send((None, f"{type(error).__name__}: {error}"))


def _dispatch_plan(task: Mapping[str, Any]) -> str:
    # Brings OR-Tools in: only this child needs it, the server never does.
    from optimizer.dispatch.brief import answer

    return json.dumps(answer(task), ensure_ascii=False)


def _plan_study(task: Mapping[str, Any]) -> str:
    from optimizer.dispatch.study import answer  # brings OR-Tools in, as above

    return json.dumps(answer(task), ensure_ascii=False)


SOLVERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "dispatch_plan": _dispatch_plan,
    "plan_study": _plan_study,
}
