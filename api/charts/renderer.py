"""Asking the rendering process: started when first needed, watched by the clock, replaced now and then."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

LONGEST_S = 60.0
"""For the first figure, which loads the libraries, on a busy machine; later ones take a fraction of a second."""
FIGURES_EACH = 200
"""After so many a fresh process takes over, so that its memory does not grow for ever."""
REMEMBERED = 64

log = structlog.get_logger()


class NoFigure(Exception):
    """The figure could not be drawn; the table beside it still tells everything."""


@dataclass(frozen=True, slots=True)
class Drawing:
    svg: str
    spec: str
    """Vega-Lite as JSON, for the browser."""


class Renderer:
    """One helper process for all threads of a web process. Drawings are remembered by what was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._drawn = 0
        self._script: str | None = None
        self._remembered: OrderedDict[str, Drawing] = OrderedDict()

    def draw(self, figure: str, data: Mapping[str, Any]) -> Drawing:
        """The figure as a drawing and as a specification. Raises NoFigure."""
        asked = json.dumps({"figure": figure, "data": data}, sort_keys=True)
        with self._lock:
            if asked in self._remembered:
                self._remembered.move_to_end(asked)
                return self._remembered[asked]
            told = self._ask(asked)
            drawing = Drawing(told["svg"], json.dumps(told["spec"], ensure_ascii=False))
            self._remembered[asked] = drawing
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
            return drawing

    def script(self) -> str:
        """What brings figures to life in a browser. Raises NoFigure."""
        with self._lock:
            if self._script is None:
                self._script = str(self._ask(json.dumps({"script": True}))["script"])
            return self._script

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _ask(self, line: str) -> dict[str, Any]:
        process = self._running()
        try:
            assert process.stdin is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()
            told: dict[str, Any] = json.loads(self._answers.get(timeout=LONGEST_S))
        except (OSError, queue.Empty, ValueError) as error:
            self._stop()
            log.warning("figure_failed", error=type(error).__name__)
            raise NoFigure(type(error).__name__) from error
        if "error" in told:
            log.warning("figure_failed", error=told["error"])
            raise NoFigure(told["error"])
        self._drawn += 1
        return told

    def _running(self) -> subprocess.Popen[str]:
        if self._drawn >= FIGURES_EACH:
            self._stop()
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api.charts.helper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            self._answers = queue.Queue()
            self._drawn = 0
            threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        return self._process

    def _stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        assert process.stdin is not None
        process.stdin.close()
        process.kill()
        process.wait()


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            answers.put(line)
    answers.put("")
