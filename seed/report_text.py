"""The demo's report for people, in Chinese (default) or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reserve.clock import LOCAL
from seed.demo import DemoReport
from seed.plain_tables import Cell, table
from seed.report import Named, StoryReport
from seed.report_words import CAUSES, HEADERS, METHODS, PHRASES, SOURCES, UNLOCKS

Say = Callable[[str], str]


def text(report: DemoReport, lang: str = "zh") -> str:
    """The whole report. ``lang``: zh or en; anything that begins with en is English."""
    place = 1 if lang.startswith("en") else 0

    def say(key: str) -> str:
        return PHRASES[key][place]

    tables = report.tables
    parts = [
        _head(report, say, place),
        _reach(tables, say, place),
        _fill(tables, say, place),
        _supplied(tables, say, place),
        _unmet(tables, say, place),
        _produced(tables, say, place),
        _compared(tables, say, place),
        _foot(report, say),
    ]
    return "\n".join(parts)


def _name(named: Named, place: int) -> str:
    return (named.zh, named.en)[place]


def _percent(part: int, whole: int) -> str:
    """Whole per cent, rounded down: 99.9 % is not met."""
    return f"{100 * part // whole}%" if whole else "—"


def _header(key: str, place: int) -> list[str]:
    return [words[place] for words in HEADERS[key]]


def _head(report: DemoReport, say: Say, place: int) -> str:
    counts = report.tables.counts
    title = (report.title_zh, report.title_en)[place]
    begins, ends = (instant.astimezone(LOCAL) for instant in (report.declared_at, report.ends_at))
    return say("head").format(
        title=title,
        begins=f"{begins:%Y-%m-%d %H:%M}",
        ends=f"{ends:%Y-%m-%d %H:%M}",
        steps=report.steps,
        seconds=report.seconds,
        documents=counts.documents,
        orders=counts.orders,
        movements=counts.movements,
        entries=counts.entries,
    )


def _reach(tables: StoryReport, say: Say, place: int) -> str:
    rows = [
        (_name(row.item, place), row.needed, row.reachable, _percent(min(row.reachable, row.needed), row.needed))
        for row in tables.reach
    ]
    return table(say("reach"), _header("reach", place), rows)


def _fill(tables: StoryReport, say: Say, place: int) -> str:
    """Counties down, items across: per cent of need received; the last row adds up."""
    items = {row.item.code: row.item for row in tables.fill}
    counties = {row.county.code: row.county for row in tables.fill}
    cells = {(row.county.code, row.item.code): (row.received, row.needed) for row in tables.fill}
    rows: list[tuple[Cell, ...]] = [
        (code, _name(county, place), *(_cell(cells, code, item) for item in items))
        for code, county in sorted(counties.items())
    ]
    sums = [
        tuple(sum(pair[part] for (_, item), pair in cells.items() if item == code) for part in (0, 1)) for code in items
    ]
    rows.append(("", say("all"), *(_percent(received, needed) for received, needed in sums)))
    rows.append(("", say("received"), *(f"{received:,}" for received, _ in sums)))
    rows.append(("", say("needed"), *(f"{needed:,}" for _, needed in sums)))
    header = [*_header("fill", place), *(_name(item, place) for item in items.values())]
    return table(say("fill"), header, rows)


def _cell(cells: Mapping[tuple[str, str], tuple[int, int]], county: str, item: str) -> str:
    received, needed = cells.get((county, item), (0, 0))
    return _percent(received, needed)


def _supplied(tables: StoryReport, say: Say, place: int) -> str:
    rows = [(SOURCES[row.source_kind][place], _name(row.item, place), row.accepted) for row in tables.supplied]
    return table(say("supplied"), _header("supplied", place), rows)


def _unmet(tables: StoryReport, say: Say, place: int) -> str:
    rows: list[tuple[Cell, ...]] = []
    for row in tables.unmet:
        causes = "; ".join(f"{CAUSES[code][place]} {quantity:,}" for code, quantity in row.causes.items())
        best = max(row.unlocks, key=lambda unlock: unlock[2], default=("more_stock", "", 0))
        helps = UNLOCKS[best[0]][place] + (f" ({best[1]})" if best[1] else "") + (f" +{best[2]:,}" if best[2] else "")
        rows.append((_name(row.item, place), row.unmet, causes, helps))
    return table(say("unmet"), _header("unmet", place), rows)


def _produced(tables: StoryReport, say: Say, place: int) -> str:
    rows = [
        (row.number, row.line_code, _name(row.item, place), row.planned, row.made, row.released)
        for row in tables.produced
    ]
    handled = say("handled").format(damaged=tables.handling.damaged, lost=tables.handling.lost)
    return table(say("produced"), _header("produced", place), rows) + handled


def _compared(tables: StoryReport, say: Say, place: int) -> str:
    rows: list[tuple[Cell, ...]] = [
        (
            METHODS[row.method][place],
            f"{row.weighted_unmet_ppm / 10_000:.1f}%",
            *(row.unmet_by_class.get(priority, 0) for priority in ("1", "2", "3")),
            row.late,
            f"{row.worst_fill_percent}%",
            row.piece_km,
        )
        for row in tables.compared
    ]
    title = say("compared").format(at=f"{tables.compared_at.astimezone(LOCAL):%Y-%m-%d %H:%M}")
    return table(title, _header("compared", place), rows) + say("compared_note")


def _foot(report: DemoReport, say: Say) -> str:
    verified = report.verified
    verdict = say("clean") if verified.clean else say("findings") + "\n".join(verified.findings)
    return say("foot").format(
        verdict=verdict.format(laws=verified.laws, position=verified.position),
        database=report.database_url.removeprefix("sqlite:///"),
        logins=", ".join(report.logins),
        password=report.password,
    )
