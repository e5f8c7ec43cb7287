"""Passwords as Argon2id hashes. Slow by design, so doors call this outside transactions, a few at a time."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from reserve.access.password_rules import password_problems
from reserve.errors import InvalidInput, Unavailable
from reserve.settings import Settings

IN_LINE_PER_PLACE = 3
CONSONANTS = "bcdfghjkmnpqrstvwxyz"
ONE_TIME_GROUP = (CONSONANTS, "aeu", CONSONANTS, "2345678")
"""Consonant, vowel, consonant, digit; letters and digits that are easily mistaken are left out."""


class TooManySignIns(Unavailable):
    """The line at the password desk is full; trying again in a moment helps."""

    code = "too_many_sign_ins"


class Passwords:
    """Makes and checks hashes with the parameters of the installation; each costs about 0.2 s and 64 MiB."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHash(
            (Argon2Hasher(time_cost=settings.argon2_time_cost, memory_cost=settings.argon2_memory_kib, parallelism=1),)
        )
        self._desk = _Desk(settings.parallel_sign_ins)

    def new_hash(self, password: str, *, login: str) -> SecretStr:
        """Hash of a new password. Raises InvalidInput when the password breaks the rules."""
        if problems := password_problems(password, login=login):
            raise InvalidInput(problems)
        with self._desk.place():
            return SecretStr(self._hasher.hash(password))

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether a password fits a stored hash. Takes as long when there is none, so that nobody can tell."""
        with self._desk.place():
            return self._hasher.verify(password, stored or self._nobody) and stored is not None

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))


class _Desk:
    """A few places, and a short line of people who wait for one; whoever finds the line full is sent away at once.

    A flood of sign-ins must not hold the threads that everybody else is served by.
    """

    def __init__(self, places: int) -> None:
        self._line = threading.BoundedSemaphore(places * IN_LINE_PER_PLACE)
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise TooManySignIns("too many people sign in at once")
        try:
            with self._places:
                yield
        finally:
            self._line.release()


def one_time_password() -> str:
    """A password that can be read out over the telephone: six groups like ``kam7``, about 78 random bits."""
    groups = ("".join(secrets.choice(letters) for letters in ONE_TIME_GROUP) for _ in range(6))
    return "-".join(groups)
