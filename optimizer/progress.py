"""How a long solve speaks to whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called between stages; ``done`` of ``total`` stages are finished. Must not raise."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


class Cancellation(Protocol):
    """Asked between stages. True ends the solve with the best checked plan so far."""

    def __call__(self) -> bool: ...


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


def never() -> bool:
    """A solve that nobody cancels."""
    return False
