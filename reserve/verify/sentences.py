"""The sentences of ``verify``, in both languages. Braces name the facts of a finding."""

from __future__ import annotations

from collections.abc import Mapping

from reserve.verify.findings import Sentence

STOP_ZH = "停止对相关批次的占用,保存数据库副本,并报告审计人员;更正须凭单据,由人签批。"
STOP_EN = (
    "Place no new holds on these lots, keep a copy of the database and tell the auditor; "
    "a correction is a signed paper, never an edit."
)
RESTORE_ZH = "有人绕过系统改动了数据库:保存副本,与最近一次备份比对,并报告审计人员。"
RESTORE_EN = (
    "Somebody changed the database past the system: keep a copy, compare it with the last backup, tell the auditor."
)
SCHEMA_ZH = "以表所有者身份重新运行迁移(reserve migrate),查明是谁改动了结构,然后做一次完整核验。"
SCHEMA_EN = (
    "Run the migrations again as the owner (reserve migrate), find out who changed the schema, then verify in full."
)
PAPER_ZH = "找出该单据与签批人,由有权的一级补办或冲销。"
PAPER_EN = "Find the paper and its signers; the level with authority signs afterwards or has it reversed."
ENGINE_ZH = "停止写入,从最近一次核验通过的备份恢复到另一处,再行比对。"
ENGINE_EN = "Stop writing, restore the last verified backup elsewhere and compare."


def _stock(zh: str, en: str) -> Sentence:
    return Sentence(zh, en, STOP_ZH, STOP_EN)


def _changed(zh: str, en: str) -> Sentence:
    return Sentence(zh, en, RESTORE_ZH, RESTORE_EN)


def _schema(zh: str, en: str) -> Sentence:
    return Sentence(zh, en, SCHEMA_ZH, SCHEMA_EN)


def _paper(zh: str, en: str) -> Sentence:
    return Sentence(zh, en, PAPER_ZH, PAPER_EN)


def _engine(zh: str, en: str) -> Sentence:
    return Sentence(zh, en, ENGINE_ZH, ENGINE_EN)


SENTENCES: Mapping[str, Sentence] = {
    "movement_unbalanced": _stock(
        "第 {position} 号移动对批次 {lot_id} 不平衡,差 {quantity}。",
        "The movement at position {position} does not balance for lot {lot_id}: {quantity} left over.",
    ),
    "signed_view_differs": _schema(
        "视图 ledger_signed 有 {found} 行,分录应产生 {expected} 行。",
        "The view ledger_signed shows {found} rows where the entries make {expected}.",
    ),
    "movement_empty": _stock("第 {position} 号移动没有任何分录。", "The movement at position {position} has no entry."),
    "entry_malformed": _stock(
        "分录 {entry_id} 不成立(数量 {quantity}):数量须大于零、账户须不同、批次与物资须相符。",
        "Entry {entry_id} cannot be (quantity {quantity}): it needs a quantity above zero, two accounts and "
        "a lot of its item.",
    ),
    "balance_missing": _stock(
        "{place}/{bin} 的 {item} 批次 {lot} 有分录(合计 {entries})而无余额行。",
        "{item}, lot {lot} at {place}/{bin}: entries add up to {entries} and there is no balance row.",
    ),
    "balance_differs": _stock(
        "{place}/{bin} 的 {item} 批次 {lot}:余额 {cached},分录合计 {entries}。",
        "{item}, lot {lot} at {place}/{bin}: the balance says {cached}, its entries add up to {entries}.",
    ),
    "balance_outside": _stock(
        "系统外的库位 {place}/{bin} 不应有余额({cached})。",
        "{place}/{bin} lies outside our walls and must not have a balance ({cached}).",
    ),
    "negative_at_position": _stock(
        "{place}/{bin} 的 {item} 批次 {lot} 在第 {position} 号移动后为 {stood}。",
        "{item}, lot {lot} at {place}/{bin} stood at {stood} after position {position}.",
    ),
    "negative_at_time": _stock(
        "{place}/{bin} 的 {item} 批次 {lot} 在 {day} 为 {stood}(按现在所知)。",
        "{item}, lot {lot} at {place}/{bin}: on {day} it would be {stood}, as known now.",
    ),
    "on_hand_unexplained": _stock(
        "地区 {region}、所有者 {owner} 的 {item}:收发盘损合计 {explained},现存 {stands}。",
        "{item} of {owner} in region {region}: receipts, issues, counts and losses explain {explained}, "
        "{stands} stand there.",
    ),
    "held_differs": _stock(
        "{place}/{bin} 的 {item} 批次 {lot}:占用 {held},未结占用合计 {open_holds},现存 {on_hand}。",
        "{item}, lot {lot} at {place}/{bin}: {held} held, open holds add up to {open_holds}, {on_hand} on hand.",
    ),
    "hold_ended_twice": _stock("占用 {hold_id} 结束了 {times} 次。", "Hold {hold_id} ended {times} times."),
    "hold_misused": _stock(
        "占用 {hold_id}(数量 {held})以 {outcome} 结束,用量 {used},与移动或次序不符。",
        "Hold {hold_id} of {held} ended as {outcome} with {used} used, which its movement or its place denies.",
    ),
    "hold_rest_wrong": _stock(
        "占用 {hold_id}(数量 {held})自称接续占用 {replaces_id},但不是其剩余。",
        "Hold {hold_id} of {held} says that it goes on from hold {replaces_id}, but is not the rest of it.",
    ),
    "hold_taken_unended": _stock(
        "分录 {entry_id} 取用占用 {hold_id},而该占用当时已结束或未随之结束。",
        "Entry {entry_id} took hold {hold_id}, which had ended before or did not end with it.",
    ),
    "hold_taken_late": _stock(
        "分录 {entry_id} 在占用 {hold_id} 到期之后取用。", "Entry {entry_id} took hold {hold_id} after its end time."
    ),
    "hold_taken_elsewhere": _stock(
        "分录 {entry_id} 凭占用 {hold_id} 取用了别处的物资。",
        "Entry {entry_id} took other goods than hold {hold_id} covers.",
    ),
    "hold_taken_by_other": _stock(
        "占用 {hold_id} 属于单据行 {held_for},却被单据行 {taken_by} 取用(分录 {entry_id})。",
        "Hold {hold_id} belongs to line {held_for} and was taken by line {taken_by} (entry {entry_id}).",
    ),
    "blocked_lot_used": _stock(
        "{item} 批次 {lot} 在停用期间凭 {document} 发出(分录 {entry_id})。",
        "{item}, lot {lot} left on {document} while it was blocked (entry {entry_id}).",
    ),
    "expired_lot_used": _stock(
        "{item} 批次 {lot} 过期后凭 {document} 发出(分录 {entry_id})。",
        "{item}, lot {lot} left on {document} after its last usable day (entry {entry_id}).",
    ),
    "uninspected_lot_used": _stock(
        "{item} 批次 {lot} 未经验收或已判不合格({bin_kind}),却凭 {document} 发出(分录 {entry_id})。",
        "{item}, lot {lot} left on {document} out of the {bin_kind} area (entry {entry_id}).",
    ),
    "reversal_misplaced": _stock(
        "第 {position} 号移动作为冲销不成立(所冲移动 {reverses_id}):须在其后、只冲一次、不冲冲销。",
        "The movement at position {position} cannot reverse movement {reverses_id}: a reversal comes later, once, "
        "and never undoes a reversal.",
    ),
    "reversal_inexact": _stock(
        "第 {position} 号移动不是移动 {reverses_id} 的精确相反。",
        "The movement at position {position} is not the exact opposite of movement {reverses_id}.",
    ),
    "position_twice": _changed(
        "序号 {position} 出现 {times} 次({first}、{last})。",
        "Position {position} is given {times} times ({first}, {last}).",
    ),
    "position_missing": _changed(
        "自序号 {position} 起缺 {missing} 个。", "{missing} positions are missing from {position} on."
    ),
    "position_never_given": _changed(
        "序号 {position} 从未发出(最后发出 {last})。", "Position {position} was never given (the last one is {last})."
    ),
    "lot_identity_wrong": _changed(
        "批次 {lot_id}({item} {lot})的身份自相矛盾或重复。",
        "The identity of lot {lot_id} ({item} {lot}) contradicts itself or exists twice.",
    ),
    "lot_changed": _changed(
        "批次 {lot_id}({item} {lot})登记后被改动。", "Lot {lot_id} ({item} {lot}) was changed after it was written."
    ),
    "machine_stands_twice": _stock(
        "设备 {item} {lot}(批次 {lot_id})在序号 {position} 处共有 {stood} 台,同一台设备只能在一处。",
        "Machine {item} {lot} (lot {lot_id}) is {stood} pieces at position {position}."
        " One machine stands in one place.",
    ),
    "return_exceeds_issue": _stock(
        "{item} {lot} 使用后退回 {back},所据出库单只发出 {issued}(库存移动 {movement_id})。",
        "{back} of {item} {lot} came back from use; its issue handed out {issued} (movement {movement_id}).",
    ),
    "account_doubled": _changed(
        "同一库位、所有者与资金有 {times} 个账户(如 {account_id})。",
        "One bin, owner and fund have {times} accounts (one is {account_id}).",
    ),
    "owner_differs": _changed(
        "{document} 第 {line_no} 行动的是 {owner} 的物资,分录 {entry_id} 的账户却属于 {found}。",
        "{document}, line {line_no} moved goods of {owner}; the account of entry {entry_id} belongs to {found}.",
    ),
    "movement_without_ground": _paper(
        "第 {position} 号移动({movement})所据单据 {document}({paper},状态 {state})不允许它。",
        "The movement at position {position} ({movement}) rests on {document} ({paper}, {state}), "
        "which does not allow it.",
    ),
    "moved_beyond_approval": _paper(
        "{document} 第 {line_no} 行批准 {approved}(签批上限 {ceiling}),已动 {moved}。",
        "{document}, line {line_no}: {moved} moved, {approved} approved (smallest ceiling {ceiling}).",
    ),
    "arrow_not_allowed": _paper(
        "{document} 从「{before}」进入「{state}」不成立:无此去向,或缺人、缺时、缺由。",
        "{document} went from “{before}” to “{state}”: no such arrow, or actor, time or reason is missing.",
    ),
    "document_without_state": _paper("{document} 没有任何状态。", "{document} has no state at all."),
    "line_without_case": _paper(
        "{document} 第 {line_no} 行已动用,却没有审批步骤。",
        "{document}, line {line_no} moved without any approval step.",
    ),
    "line_unsigned": _paper(
        "{document} 第 {line_no} 行第 {step} 步({role})应签 {quorum} 人,有效 {found} 人。",
        "{document}, line {line_no}, step {step} ({role}): {found} of {quorum} valid signatures before it moved.",
    ),
    "line_content_changed": _changed(
        "{document} 第 {line_no} 行的内容与所签内容不同。", "{document}, line {line_no} no longer says what was signed."
    ),
    "request_unanswered": _changed(
        "请求 {request_key}({verb})已提交而无答复。", "Request {request_key} ({verb}) stands without its answer."
    ),
    "request_effects_differ": _changed(
        "请求 {request_key}({verb})有 {effects} 次效果,应为一次。",
        "Request {request_key} ({verb}) had {effects} effects; there must be one.",
    ),
    "effect_without_request": _changed(
        "审计记录 {audit_id}({verb})没有对应的请求。", "Audit entry {audit_id} ({verb}) has no request."
    ),
    "request_key_twice": _changed(
        "请求键 {request_key} 被登记 {requests} 次。", "Request key {request_key} was claimed {requests} times."
    ),
    "row_changed": _changed(
        "{table} 第 {row} 行的内容与其校验值不符。", "Row {row} of {table} no longer fits its hash."
    ),
    "schema_missing": _schema("{table} 缺少 {what}:{name}。", "{table}: the {what} {name} is missing."),
    "schema_unexpected": _schema("{table} 多出 {what}:{name}。", "{table}: the {what} {name} does not belong there."),
    "guard_hollow": _schema(
        "{table} 的守护触发器 {name} 已不再拒绝改动。", "The guard {name} on {table} no longer refuses anything."
    ),
    "guard_switched_off": _schema(
        "{table} 的守护触发器 {name} 被关闭或并非始终有效。", "The guard {name} on {table} is off or not always on."
    ),
    "setting_differs": _schema(
        "设置 {name} 为 {found},应为 {expected}。", "The setting {name} is {found}; it must be {expected}."
    ),
    "right_missing": _schema(
        "应用角色缺少对 {table} 的 {privilege} 权限。", "The application role lacks {privilege} on {table}."
    ),
    "right_too_wide": _schema(
        "应用角色对 {table} 多出 {privilege} 权限。", "The application role holds {privilege} on {table}."
    ),
    "application_owns": _schema(
        "应用角色拥有 {name};所有者应是迁移角色。", "The application role owns {name}; the migrating role must."
    ),
    "application_too_powerful": _schema(
        "应用角色 {role} 有超级或复制等特权。", "The application role {role} has a superuser's or replication powers."
    ),
    "integrity_broken": _engine("数据库引擎报告:{message}。", "The database engine reports: {message}."),
    "reference_broken": _engine(
        "{source} 第 {row_id} 行指向 {target} 中不存在的行。",
        "Row {row_id} of {source} points at a row of {target} that does not exist.",
    ),
    "not_checkable": _schema("{law} 无法核验:{error}", "{law} could not be checked: {error}"),
}
"""By message code."""
