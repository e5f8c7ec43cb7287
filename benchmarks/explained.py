"""How much of what a plan leaves unmet carries a verified sentence, under every policy that is offered.

A seed takes the policies in turn, so that a few seeds see all of them; every pair of seed and policy would take long.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context

from benchmarks.provinces import province
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.explain import explain
from optimizer.dispatch.policy import Between, Fairness, Policy

POLICIES = tuple(Policy(fairness, between=between) for between, fairness in product(Between, Fairness))


@dataclass(frozen=True)
class Explained:
    """One plan and its reasons, base units; whole packs that do not fit are apart.

    unmet    what is missing;  covered: of it, what carries a verified sentence
    helped   units that a proven unlock brings;  shared: units that only others could give up
    left     units that could come though nobody else got less: what the plan itself left behind
    cpu_s    CPU seconds of finding and proving the sentences
    """

    seed: int
    policy: str
    unmet: int
    covered: int
    helped: int
    shared: int
    left: int
    cpu_s: float

    @property
    def share(self) -> float:
        """Of what is missing, what carries a sentence."""
        return self.covered / self.unmet if self.unmet else 1.0


def all_explained(seeds: int) -> list[Explained]:
    """Seeds from 0 on, at least one for each policy, two at a time in processes of their own."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(explained, range(max(seeds, len(POLICIES)))))


def explained(number: int) -> Explained:
    """The plan of one seed under the policy whose turn it is."""
    seed, policy = number, POLICIES[number % len(POLICIES)]
    world = province("S", seed)
    plan = allocate(world, policy)
    started = time.process_time()
    found = explain(world, plan)
    return Explained(
        seed,
        f"{policy.between} {policy.fairness}",
        unmet=sum(row.unmet - row.short_of_pack for row in found),
        covered=sum(row.covered for row in found),
        helped=sum(row.unlock.quantity for row in found if row.unlock and row.unlock.verified),
        shared=sum(row.sharing.quantity for row in found if row.sharing),
        left=sum(limit.quantity for row in found for limit in row.limits if limit.name == "plan"),
        cpu_s=round(time.process_time() - started, 2),
    )
