"""The lines of the dispatch benchmark: when one may say that a goal holds."""

from __future__ import annotations

from benchmarks.dispatch import Goal


def test_a_peer_that_does_not_answer_never_holds() -> None:
    assert not Goal("B4-highspy", "highspy did not answer", None, None).is_reached
    assert '"holds": false' in Goal("B4-highspy", "highspy did not answer", None, 1.1).line("M")


def test_a_goal_holds_at_its_bound_and_not_beyond() -> None:
    assert Goal("B7", "at most", 1.001, 1.001).is_reached
    assert not Goal("B7", "at most", 1.0011, 1.001).is_reached
    assert not Goal("B10", "at least", 1.5, 1.6, at_least=True).is_reached
