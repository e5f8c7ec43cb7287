"""64 clients want one lot, three quarters of what they ask for is there: nothing is given twice, nothing is lost."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.faults.conftest import House, goods, hold, issue
from tests.faults.rig import CLIENTS, Reply, Size, at_once, no_trouble, statuses

SHARE = 3, 4
"""Supply as a share of demand."""


def test_nothing_is_given_twice_and_nothing_is_lost(house: House, size: Size) -> None:
    supply = size.calls * SHARE[0] // SHARE[1]
    house.receive("one", supply)
    replies: list[Reply] = []
    taken: list[int] = []

    def take(number: int) -> None:
        """Every other client issues, the rest hold."""
        path, body = ("issues", issue(goods("one"))) if number % 2 else ("holds", hold(goods("one")))
        with house.client() as client:
            for _ in range(size.calls // CLIENTS):
                reply = client.post(f"/api/v1/{path}", body)
                replies.append(reply)
                if reply.status == 201:
                    taken.append(number % 2)

    at_once(CLIENTS, take)

    no_trouble(replies, house.server)
    made = CLIENTS * (size.calls // CLIENTS)
    assert statuses(replies) == {201: supply, 409: made - supply}
    refusals = [reply.value for reply in replies if reply.status == 409]
    assert {refusal["facts"]["shortages"][0]["available"] for refusal in refusals} == {0}
    assert house.stand("one") == (supply - sum(taken), len(taken) - sum(taken))
    assert house.proved().findings == []


def test_control_without_protection_the_same_rush_oversells(scratch: Engine) -> None:
    """Read, check, write on an engine out of the box: the rig sees what it is there to see."""
    supply, calls, workers = 60, 5, 16
    with scratch.begin() as connection:
        connection.execute(sa.text("CREATE TABLE balance (on_hand bigint, held bigint)"))
        connection.execute(sa.text("INSERT INTO balance VALUES (:supply, 0)"), {"supply": supply})
    granted: list[int] = []

    def take(number: int) -> None:
        for _ in range(calls):
            with scratch.connect() as connection:
                held = connection.execute(sa.text("SELECT held FROM balance")).scalar_one()
                connection.rollback() if scratch.dialect.name == "sqlite" else None
                if held < supply:
                    time.sleep(0.002)  # a busy afternoon
                    connection.execute(sa.text("UPDATE balance SET held = :held"), {"held": held + 1})
                    connection.commit()
                    granted.append(number)

    at_once(workers, take)

    with scratch.connect() as connection:
        held = connection.execute(sa.text("SELECT held FROM balance")).scalar_one()
    assert len(granted) > min(supply, held), "oversold or lost"
