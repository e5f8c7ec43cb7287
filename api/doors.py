"""What every door of one server shares. Made once by ``create_app`` and kept on the application, never in a global."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from api.charts.renderer import Renderer
from api.presence import Presence
from api.throttle import Throttle
from reserve.access.passwords import Passwords
from reserve.clock import SystemClock, local_day
from reserve.commands import Runner
from reserve.organisations.queries import find_installation
from reserve.settings import Settings


@dataclass(frozen=True, slots=True)
class Sign:
    """What this installation calls itself on every page."""

    is_drill: bool
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Doors:
    """``runner`` runs the work, on the drill's clock where there is one; ``real`` runs sign-in on real time."""

    settings: Settings
    runner: Runner
    real: Runner
    passwords: Passwords
    presence: Presence
    throttle: Throttle
    sign: Sign
    renderer: Renderer

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.settings.session_absolute_hours)

    @property
    def signing(self) -> timedelta:
        return timedelta(minutes=self.settings.signing_minutes)

    def today(self) -> date:
        """The day in Hebei; in a drill the story's day."""
        return local_day(self.runner.clock.now())


def open_doors(runner: Runner, settings: Settings) -> Doors:
    installation = runner.ask(find_installation)
    sign = (
        Sign(installation.is_drill, installation.title_zh, installation.title_en)
        if installation
        else Sign(is_drill=False, title_zh="冀备", title_en="Jibei")
    )
    return Doors(
        settings=settings,
        runner=runner,
        real=Runner(runner.database, SystemClock()),
        passwords=Passwords(settings),
        presence=Presence(),
        throttle=Throttle(),
        sign=sign,
        renderer=Renderer(),
    )
