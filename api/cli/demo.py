"""``reserve demo``: the whole job on Hebei's own data, in a drill database of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.cli.opening import REFUSED, DatabaseOption, LanguageOption, refuse, settings_of, words
from api.worker import prepare_jobs
from reserve.errors import Conflict, InvalidInput

Told = Callable[[str, int, int], None]


def demo(
    story: Annotated[str, typer.Option(help="outbreak-2021 疫情 · flood-2023 洪水")] = "outbreak-2021",
    lang: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for machines")] = False,
    database: DatabaseOption = None,
) -> None:
    """建演练库,重演一次突发事件并报告 · Build a drill database, replay an incident and say what came of it."""
    # Brings the solver in, so it is not imported before somebody asks for a demo.
    from seed.demo import run
    from seed.report_text import text

    settings = settings_of(database or f"demo-{Path(story).name}.sqlite")
    try:
        with _few_collections(), _bars() as progress:
            report = run(settings.database_url, story, owner_url=settings.owner_database_url, progress=progress)
    except InvalidInput as refusal:
        for problem in refusal.problems:
            typer.echo(f"{words().error(problem.code, {})} {problem.expected}", err=True)
        raise typer.Exit(REFUSED) from None
    except Conflict as refusal:
        refuse(
            "{found} stands already and is left as it is. Open it with: reserve serve --database {found} "
            "– or name another file with --database.",
            **refusal.facts,
        )
    prepare_jobs(settings)
    typer.echo(report.model_dump_json(indent=1) if as_json else text(report, words().language))
    raise typer.Exit(0 if report.verified.clean else 1)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for circular garbage less often: a demo makes millions of short-lived rows, of which hardly any is circular,
    and spent an eighth of its time looking."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar for each stage, on standard error, so that what is printed can be piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words().word(stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield told
