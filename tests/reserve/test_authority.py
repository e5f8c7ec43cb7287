"""Rights: a permission, held over an organisation and everything below it."""

from __future__ import annotations

import pytest

from reserve.authority import Actor, Grant, Permission, may, require, require_scope
from reserve.errors import NotAllowed

HEBEI, SHIJIAZHUANG, GAOCHENG = "/130000/", "/130000/130100/", "/130000/130100/130109/"
RECEIVE, COUNT = Permission.STOCK_RECEIVE, Permission.STOCK_COUNT

KEEPER = Actor(7, 7, "keeper", (Grant("keeper", SHIJIAZHUANG, frozenset({RECEIVE})),))
GUEST = Actor(0, 0, "guest")


def test_a_grant_reaches_down_and_not_up() -> None:
    assert may(KEEPER, RECEIVE, SHIJIAZHUANG)
    assert may(KEEPER, RECEIVE, GAOCHENG)
    assert not may(KEEPER, RECEIVE, HEBEI)


def test_a_path_that_merely_begins_alike_is_not_below() -> None:
    assert not may(KEEPER, RECEIVE, "/130000/1301000/")


def test_require_refuses_who_has_the_right_nowhere() -> None:
    require(KEEPER, RECEIVE)
    with pytest.raises(NotAllowed):
        require(KEEPER, COUNT)
    with pytest.raises(NotAllowed):
        require(GUEST, RECEIVE)


def test_require_scope_refuses_outside_the_subtree() -> None:
    require_scope(KEEPER, RECEIVE, organisation_path=GAOCHENG)
    with pytest.raises(NotAllowed):
        require_scope(KEEPER, RECEIVE, organisation_path="/130000/130200/")


def test_a_right_here_and_another_there_do_not_add_up() -> None:
    actor = Actor(
        8, 8, "two", (Grant("a", SHIJIAZHUANG, frozenset({RECEIVE})), Grant("b", GAOCHENG, frozenset({COUNT})))
    )

    assert not may(actor, COUNT, SHIJIAZHUANG)
    assert (actor.scopes(RECEIVE), actor.scopes(COUNT)) == ((SHIJIAZHUANG,), (GAOCHENG,))


def test_scopes_are_sorted_and_named_once() -> None:
    grants = tuple(Grant(role, path, frozenset({RECEIVE})) for role in ("a", "b") for path in (GAOCHENG, HEBEI))

    assert Actor(9, 9, "many", grants).scopes(RECEIVE) == (HEBEI, GAOCHENG)
