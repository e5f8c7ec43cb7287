"""A sheet checked by rehearsal, imported as one transaction, withdrawn as another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from api.sheets.kinds import Kind, Row
from api.sheets.record_kinds import RecordKind
from api.sheets.sorting import Place, Sorting, sort_rows
from api.sheets.suggesting import with_suggestions
from api.sheets.understanding import Finding, Understood
from reserve.authority import Actor
from reserve.commands import Answer, Plan, Runner, Step, StepsRefused
from reserve.drafts import Draft
from reserve.errors import Conflict, InvalidInput, Problem, Refusal
from reserve.sheets import queries as sheet_queries
from reserve.sheets import service
from reserve.sheets.rules import PERMISSION_OF
from reserve.sheets.terms import BatchDraft, BatchRowDraft, BatchWithdrawalDraft, RowOutcome, SheetKind
from reserve.stock import service as stock
from reserve.stock.drafts import ReversalDraft

ROUNDS = 5
"""Looks at a sheet: some faults come to light only when others are left out."""
INDEXED = re.compile(r"\w+\.(\d+)\.(.+)")


class NothingToImport(Conflict):
    """No row of the sheet says anything new."""

    code = "nothing_to_import"


class ChangedSinceImport(Conflict):
    """Records of the batch were changed by others since; taking it back would undo their work."""

    code = "changed_since_import"


class NothingToWithdraw(Conflict):
    """The batch only added records, and records that are there may be in use: they stay."""

    code = "nothing_to_withdraw"


class ImportDraft(Draft):
    """Import a file that was handed in and checked: all of it, or its good rows only."""

    kind: SheetKind
    digest: str
    leave_out_faulty: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would do and what stands in its way."""

    total: int
    good: tuple[Row, ...]
    unchanged: int
    papers: int
    findings: tuple[Finding, ...]
    ignored: tuple[str, ...]


def check(runner: Runner, actor: Actor, kind: Kind, understood: Understood) -> Checked:
    """Rehearse the import of a sheet. Every fault of every row at once; nothing is written."""
    scopes = actor.scopes(PERMISSION_OF[kind.kind])
    sorting: Sorting = runner.ask(sort_rows, kind, scopes, understood)
    findings = [*understood.findings, *_sorted_out(kind, understood, sorting)]
    pending, good = kind.groups(sorting.fresh), list[Row]()
    papers = 0
    for _ in range(ROUNDS):
        if not pending:
            break
        steps = [kind.step(group) for group in pending]
        outcomes = runner.rehearse(_these(steps), actor=actor)
        again = []
        for group, refusal in zip(pending, outcomes, strict=True):
            if refusal is None:
                good += group
                papers += 1
                continue
            found, rest = _findings_of(kind, understood, group, refusal)
            findings += found
            if rest:
                again.append(rest)
        pending = again
    for group in pending:
        problem = Problem("not_looked_at", "", "the rows above to be corrected first", "", group[0].row_no)
        findings += [understood.finding(kind, row.sheet, row.row_no, "", problem) for row in group]
    findings.sort(key=lambda finding: (finding.sheet, finding.row_no, len(finding.column), finding.column))
    return Checked(
        total=understood.total,
        good=tuple(good),
        unchanged=len(sorting.unchanged),
        papers=papers,
        findings=tuple(runner.ask(with_suggestions, findings)),
        ignored=tuple(understood.ignored),
    )


def import_rows(
    runner: Runner, actor: Actor, kind: Kind, understood: Understood, draft: ImportDraft, *, answer: Any, key: str
) -> Answer[Any]:
    """Import a checked sheet in one transaction. Raises InvalidInput with every finding, and then nothing is done."""
    scopes = actor.scopes(PERMISSION_OF[kind.kind])
    allowed: frozenset[Place] | None = None
    if draft.leave_out_faulty:
        allowed = frozenset(row.place for row in check(runner, actor, kind, understood).good)
    elif understood.findings:
        raise InvalidInput(_as_problems(understood.findings))
    groups: list[list[Row]] = []
    sorting = Sorting()

    def plan(session: Session) -> list[Step]:
        nonlocal groups, sorting
        sorting = sort_rows(session, kind, scopes, understood)
        if allowed is None and sorting.problems:
            raise InvalidInput(_as_problems(_sorted_out(kind, understood, sorting)))
        groups = kind.groups(row for row in sorting.fresh if allowed is None or row.place in allowed)
        if not groups:
            raise NothingToImport(f"{understood.total} rows, none new", rows=understood.total)
        return [kind.step(group) for group in groups]

    def closing(results: list[Any]) -> Step:
        rows = _batch_rows(kind, understood, sorting, groups, results)
        return Step(service.record_batch, BatchDraft(kind=draft.kind, digest=draft.digest, rows=tuple(rows)))

    try:
        return runner.run_together(plan, closing, actor=actor, asked=draft, answer=answer, key=key)
    except StepsRefused as refused:
        findings = [
            finding
            for place, refusal in refused.refusals
            for finding in _findings_of(kind, understood, groups[place], refusal)[0]
        ]
        raise InvalidInput(_as_problems(findings)) from refused


def withdraw_batch(
    runner: Runner, actor: Actor, kind: Kind, draft: BatchWithdrawalDraft, *, answer: Any, key: str
) -> Answer[Any]:
    """Undo a batch in one transaction: papers by their reversals, records by what stood before."""

    def plan(session: Session) -> list[Step]:
        batch = sheet_queries.get_batch(session, draft.batch_id, actor.person_id)
        if sheet_queries.find_end(session, batch.id) is not None:
            raise service.BatchWithdrawn(f"batch {batch.id} is withdrawn", batch_id=batch.id)
        rows = [row for row in sheet_queries.rows_of(session, batch.id) if row.outcome is RowOutcome.RECORDED]
        if isinstance(kind, RecordKind):
            return _restoring(session, kind, actor, rows)
        numbers = sheet_queries.subjects_of((row.outcome, row.subject) for row in rows)
        return [
            Step(stock.reverse, ReversalDraft(document_number=number, reason=draft.reason))
            for number in reversed(numbers)
        ]

    def closing(results: list[Any]) -> Step:
        return Step(service.end_batch, draft)

    try:
        return runner.run_together(plan, closing, actor=actor, asked=draft, answer=answer, key=key)
    except StepsRefused as refused:
        raise refused.refusals[0][1] from refused


def _restoring(session: Session, kind: RecordKind, actor: Actor, rows: Sequence[Any]) -> list[Step]:
    after = {row.subject: kind.model.model_validate_json(row.after) for row in rows}
    said = {row.subject: row.after for row in rows}
    stands = kind.standing(session, actor.scopes(PERMISSION_OF[kind.kind]), list(after))
    if drifted := sorted(name for name, line in said.items() if stands.get(name) != line):
        raise ChangedSinceImport(", ".join(drifted), found=", ".join(drifted[:20]))
    before = {row.subject: kind.model.model_validate_json(row.before) for row in rows if row.before}
    lines = [before.get(name) or kind.undone(line) for name, line in after.items()]
    restored = [line for line in lines if line is not None]
    if not restored:
        raise NothingToWithdraw("only additions", found=", ".join(list(after)[:20]))
    return [Step(kind.verb, kind.draft_of((), restored))]


def _batch_rows(
    kind: Kind, understood: Understood, sorting: Sorting, groups: Sequence[Sequence[Row]], results: Sequence[Any]
) -> Iterable[BatchRowDraft]:
    is_record = isinstance(kind, RecordKind)
    subjects = {
        row.place: kind.identity_of(row) if is_record else result.number
        for group, result in zip(groups, results, strict=True)
        for row in group
    }
    for row in understood.rows:
        outcome, subject = RowOutcome.LEFT_OUT, ""
        if row.place in subjects:
            outcome, subject = RowOutcome.RECORDED, subjects[row.place]
        elif row.place in sorting.unchanged:
            outcome, subject = RowOutcome.UNCHANGED, sorting.unchanged[row.place]
        keeps = is_record and outcome is RowOutcome.RECORDED
        yield BatchRowDraft(
            sheet=row.sheet,
            row_no=row.row_no,
            key=row.key,
            outcome=outcome,
            subject=subject,
            before=sorting.before.get(row.place, "") if keeps else "",
            after=kind.told(row) if keeps else "",
        )
    for sheet, row_no in sorted({(finding.sheet, finding.row_no) for finding in understood.findings}):
        yield BatchRowDraft(sheet=sheet, row_no=row_no, key="", outcome=RowOutcome.LEFT_OUT)


def _these(steps: Sequence[Step]) -> Plan:
    return lambda session: steps


def _sorted_out(kind: Kind, understood: Understood, sorting: Sorting) -> list[Finding]:
    findings = []
    for row, name, problem in sorting.problems:
        suggestion = problem.expected if problem.code == "unit_differs" else ""
        findings.append(understood.finding(kind, row.sheet, row.row_no, name, problem, suggestion))
    return findings


def _findings_of(
    kind: Kind, understood: Understood, group: Sequence[Row], refusal: Refusal
) -> tuple[list[Finding], list[Row]]:
    """What a refused command says about its rows, and the rows that it says nothing about.

    Where the whole command is refused, the first row tells and no row is left.
    """
    findings, faulty, is_whole = [], set(), not refusal.problems
    for problem in refusal.problems:
        match = INDEXED.fullmatch(problem.field)
        row = group[int(match.group(1))] if match else group[0]
        name = kind.place_of(match.group(2) if match else problem.field)
        findings.append(understood.finding(kind, row.sheet, row.row_no, name, replace(problem, row=row.row_no)))
        faulty.add(row.place)
        is_whole = is_whole or match is None
    if not refusal.problems:
        first = group[0]
        found = str(refusal.facts.get("found", ""))
        problem = Problem(refusal.code, "", "", found, first.row_no, {**refusal.facts, "rows": len(group)})
        name = "site_code" if refusal.code in ("not_found", "not_allowed") else ""
        findings.append(understood.finding(kind, first.sheet, first.row_no, name, problem))
    return findings, [] if is_whole else [row for row in group if row.place not in faulty]


def _as_problems(findings: Iterable[Finding]) -> list[Problem]:
    """Findings as problems for a refusal: the cell is the field."""
    return [
        replace(
            finding.problem,
            field=f"{finding.sheet}!{finding.column}{finding.row_no}",
            row=finding.row_no,
            facts={**finding.problem.facts, "sheet": finding.sheet, "column": finding.column},
        )
        for finding in findings
    ]
