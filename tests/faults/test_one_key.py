"""The same request 64 times at once: one effect, one answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.faults.conftest import House, goods, issue
from tests.faults.rig import CLIENTS, Client, Reply, Size, at_once, no_trouble, statuses


def send_at_once(clients: Sequence[Client]) -> list[Reply]:
    """One request under one new key, by everybody together."""
    key, replies = str(uuid4()), []

    def send(number: int) -> None:
        replies.append(clients[number].post("/api/v1/issues", issue(goods("key")), key))

    at_once(len(clients), send)
    return replies


def test_one_key_has_one_effect_and_one_answer(house: House, size: Size) -> None:
    house.receive("key", size.keys)
    with ExitStack() as stack:
        clients = [stack.enter_context(house.client()) for _ in range(CLIENTS)]
        rounds = [send_at_once(clients) for _ in range(size.keys)]

    for replies in rounds:
        no_trouble(replies, house.server)
        assert statuses(replies) == {201: CLIENTS}
        assert len({reply.body for reply in replies}) == 1
        assert sum(not reply.replayed for reply in replies) == 1

    assert house.stand("key") == (0, 0)
    assert house.proved().findings == []


def test_another_body_under_the_key_is_refused_among_the_crowd(house: House) -> None:
    house.receive("body", 5)
    key, replies = str(uuid4()), []

    def send(number: int) -> None:
        with house.client() as client:
            replies.append(client.post("/api/v1/issues", issue(goods("body", 1 + number % 2)), key))

    at_once(16, send)

    no_trouble(replies, house.server)
    assert statuses(replies) == {201: 8, 422: 8}
    assert len({reply.body for reply in replies if reply.status == 201}) == 1
    assert {reply.value["code"] for reply in replies if reply.status == 422} == {"request_key_reused"}
    on_hand, _ = house.stand("body")
    assert on_hand in (3, 4), "one of the two bodies, once"


def test_control_looking_first_and_then_writing_has_many_effects(scratch: Engine) -> None:
    with scratch.begin() as connection:
        connection.execute(sa.text("CREATE TABLE request (key text, answer text)"))

    looked = threading.Barrier(2)

    def send(number: int) -> None:
        with scratch.connect() as connection:
            known = connection.execute(sa.text("SELECT answer FROM request WHERE key = 'k'")).first()
            looked.wait(timeout=60)
            if known is None:
                connection.execute(sa.text("INSERT INTO request VALUES ('k', :answer)"), {"answer": str(number)})
                connection.commit()

    at_once(2, send)

    with scratch.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM request")).scalar_one() == 2
