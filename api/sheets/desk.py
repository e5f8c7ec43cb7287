"""What the doors ask of sheets: take a file in, check it, import it, withdraw it, give templates and lists out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy.orm import Session

from api.errors import problem_line
from api.i18n import Text
from api.schemas.sheets import BatchOut, CheckedOut, FindingOut, UploadOut
from api.sheets.apart import SheetRefused, read_apart
from api.sheets.files import MAX_BYTES
from api.sheets.importing import Checked, ImportDraft, check, import_rows, withdraw_batch
from api.sheets.kinds import Kind
from api.sheets.registry import KINDS
from api.sheets.understanding import Finding, understand
from api.sheets.writing import Stamp, as_csv, as_workbook
from reserve.authority import Actor, require
from reserve.catalogue import queries as catalogue_queries
from reserve.commands import Answer, Runner
from reserve.errors import NotFound
from reserve.organisations import queries as organisation_queries
from reserve.sheets import queries, service
from reserve.sheets.rules import PERMISSION_OF
from reserve.sheets.terms import BatchWithdrawalDraft, SheetKind, UploadDraft
from reserve.sites import queries as site_queries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVERYTHING = 100_000
SHOWN = 2_000
"""Findings that are told; the count tells how many there are."""


@dataclass(frozen=True, slots=True)
class SheetDesk:
    """One person at work with sheets."""

    runner: Runner
    actor: Actor
    text: Text

    def take_in(self, kind_word: str, name: str, content: bytes, key: str) -> CheckedOut:
        """Keep a file and say what importing it would do. Raises SheetRefused when it is not read at all."""
        kind = self._kind(kind_word)
        if len(content) > MAX_BYTES:
            raise SheetRefused("sheet_too_large", found=len(content), most=MAX_BYTES)
        name = PurePath(name.replace("\\", "/")).name[-200:] or "?"
        understood = understand(kind, read_apart(name, content))
        digest = hashlib.sha256(content).hexdigest()
        draft = UploadDraft(kind=kind.kind, name=name, digest=digest, content=content)
        self.runner.run(service.keep_upload, draft, actor=self.actor, answer=UploadOut, key=key)
        return self._told(kind, digest, name, check(self.runner, self.actor, kind, understood))

    def check_again(self, kind_word: str, digest: str) -> CheckedOut:
        """What importing a kept file would do now."""
        kind = self._kind(kind_word)
        name, content = self._kept(kind, digest)
        understood = understand(kind, read_apart(name, content))
        return self._told(kind, digest, name, check(self.runner, self.actor, kind, understood))

    def bring_in(self, kind_word: str, digest: str, leave_out_faulty: bool, key: str) -> Answer[BatchOut]:
        """Import a kept file: all rows or none, or the good rows only."""
        kind = self._kind(kind_word)
        name, content = self._kept(kind, digest)
        understood = understand(kind, read_apart(name, content))
        draft = ImportDraft(kind=kind.kind, digest=digest, leave_out_faulty=leave_out_faulty)
        return import_rows(self.runner, self.actor, kind, understood, draft, answer=BatchOut, key=key)

    def withdraw(self, batch_id: int, reason: str, key: str) -> Answer[BatchOut]:
        """Undo a batch of one's own."""
        draft = BatchWithdrawalDraft(batch_id=batch_id, reason=reason)
        batch = self.runner.ask(queries.get_batch, batch_id, self.actor.person_id)
        return withdraw_batch(self.runner, self.actor, KINDS[batch.kind], draft, answer=BatchOut, key=key)

    def template(self, kind_word: str, now: datetime) -> bytes:
        """An empty workbook with the lists to choose from."""
        kind = self._kind(kind_word)
        return self._workbook(kind, [], now, self.text.say("Template"))

    def listed(self, kind_word: str, site_code: str, form: str, now: datetime) -> bytes:
        """What there is, as a sheet that imports back with no change. Noted in the audit."""
        kind = self._kind(kind_word)
        scopes = self.actor.scopes(PERMISSION_OF[kind.kind])
        rows = self.runner.ask(kind.listed, scopes, site_code)
        if form == "csv":
            return as_csv(kind, rows, self.text)
        return self._workbook(kind, rows, now, f"{self.text.say(kind.title)} {site_code}".strip())

    def _workbook(self, kind: Kind, rows: list[dict[str, object]], now: datetime, of: str) -> bytes:
        lists = self.runner.ask(_lists, kind, self.actor.scopes(PERMISSION_OF[kind.kind]))
        return as_workbook(kind, rows, self.text, lists=lists, stamp=Stamp(self.actor.login, now, of))

    def _kind(self, word: str) -> Kind:
        try:
            kind = KINDS[SheetKind(word)]
        except ValueError:
            raise NotFound("sheet", word) from None
        require(self.actor, PERMISSION_OF[kind.kind])
        return kind

    def _kept(self, kind: Kind, digest: str) -> tuple[str, bytes]:
        return self.runner.ask(_content, kind.kind, digest, self.actor.person_id)

    def _told(self, kind: Kind, digest: str, name: str, checked: Checked) -> CheckedOut:
        faulty = {(finding.sheet, finding.row_no) for finding in checked.findings}
        return CheckedOut(
            kind=kind.kind,
            digest=digest,
            name=name,
            total=checked.total,
            good=len(checked.good),
            unchanged=checked.unchanged,
            faulty=len(faulty),
            papers=checked.papers,
            ignored=checked.ignored,
            findings=tuple(self._finding(each) for each in checked.findings[:SHOWN]),
        )

    def _finding(self, finding: Finding) -> FindingOut:
        line = problem_line(self.text, finding.problem)
        return FindingOut(
            sheet=finding.sheet,
            row=finding.row_no,
            column=finding.column,
            heading=self.text.say(finding.heading) if finding.heading else "",
            message=line["message"],
            expected=line["expected"],
            found=line["found"],
            suggestion=finding.suggestion,
            code=finding.problem.code,
            facts=line["facts"],
        )


def _content(session: Session, kind: SheetKind, digest: str, person_id: int) -> tuple[str, bytes]:
    upload = queries.get_upload(session, kind, digest, person_id)
    return upload.name, upload.content


def _lists(session: Session, kind: Kind, scopes: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """The codes that columns of this kind choose from, inside the scopes where that matters."""
    wanted = {column.codes_of for column in kind.columns}
    lists: dict[str, list[tuple[str, str]]] = {}
    if "item" in wanted:
        items = catalogue_queries.items_by_code(session)
        lists["item"] = [(code, f"{item.name_zh} ({item.unit})") for code, item in items.items()]
    if "site" in wanted:
        sites = site_queries.list_sites(session, scopes, limit=EVERYTHING)
        lists["site"] = [(site.code, site.name_zh) for site in sites]
    if "organisation" in wanted:
        organisations = organisation_queries.organisations_by_code(session)
        lists["organisation"] = [(code, each.name_zh) for code, each in organisations.items()]
    return lists
