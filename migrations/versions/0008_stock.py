"""HOW MUCH: lots, the append-only ledger, holds, blocks, counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only, guard_once_settled

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEDGER_SIGNED = """
CREATE VIEW ledger_signed AS
SELECT e.id AS entry_id, e.movement_id, e.lot_id, e.to_account_id AS account_id, e.quantity
FROM stock_entry e
UNION ALL
SELECT e.id, e.movement_id, e.lot_id, e.from_account_id, -e.quantity FROM stock_entry e
"""
"""Two signed rows an entry: what ``verify`` adds up."""


def upgrade() -> None:
    op.create_table(
        "stock_floor",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "readiness",
                "operating",
                "strategic",
                name="floorkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("response_level", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_stock_floor_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_floor")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_floor_item_code"), "stock_floor", ["item_code"], unique=False)
    op.create_index(op.f("ix_stock_floor_owner_id"), "stock_floor", ["owner_id"], unique=False)
    op.create_table(
        "stock_lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_normalised", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("expiry_key", sa.Text(), nullable=False),
        sa.Column("printed_expiry", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_stock_lot_pack_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_lot_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lot")),
        sa.UniqueConstraint(
            "item_id",
            "maker",
            "code_normalised",
            "expiry_key",
            name=op.f("uq_stock_lot_item_id_maker_code_normalised_expiry_key"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_lot_expires_on"), "stock_lot", ["expires_on"], unique=False)
    op.create_index(op.f("ix_stock_lot_item_id"), "stock_lot", ["item_id"], unique=False)
    op.create_table(
        "stock_lot_certificate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_lot_certificate_document_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_lot_certificate_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lot_certificate")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_lot_certificate_lot_id"), "stock_lot_certificate", ["lot_id"], unique=False)
    op.create_table(
        "stock_machine",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_machine_document_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_machine_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_machine")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_stock_machine_lot_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "open",
                "receive",
                "inspect",
                "transfer",
                "issue",
                "depart",
                "accept",
                "return",
                "lose",
                "find",
                "count",
                "adjust",
                "dispose",
                "reverse",
                name="movementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_movement_document_id")),
        sa.ForeignKeyConstraint(["follows_id"], ["stock_movement.id"], name=op.f("fk_stock_movement_follows_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["stock_movement.id"], name=op.f("fk_stock_movement_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_movement_position")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_movement_reverses_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_movement_document_id"), "stock_movement", ["document_id"], unique=False)
    op.create_index(op.f("ix_stock_movement_follows_id"), "stock_movement", ["follows_id"], unique=False)
    op.create_table(
        "stock_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bin_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "fund",
            sa.Enum(
                "provincial",
                "city",
                "county",
                "donation",
                "own",
                "backstop",
                name="fund",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_stock_account_bin_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_stock_account_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_account")),
        sa.UniqueConstraint("bin_id", "owner_id", "fund", name=op.f("uq_stock_account_bin_id_owner_id_fund")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_account_bin_id"), "stock_account", ["bin_id"], unique=False)
    op.create_index(op.f("ix_stock_account_owner_id"), "stock_account", ["owner_id"], unique=False)
    op.create_table(
        "stock_block",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "reason_kind",
            sa.Enum(
                "recall",
                "suspicion",
                "excursion",
                "uninspected",
                name="blockreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_stock_block_bin_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_block_document_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_block_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_block")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_block_position")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_block_lot_id"), "stock_block", ["lot_id"], unique=False)
    op.create_table(
        "stock_machine_check",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum("fit", "needs_service", name="condition", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("calibrated_on", sa.Date(), nullable=True),
        sa.Column("calibrated_to", sa.Date(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_machine.lot_id"], name=op.f("fk_stock_machine_check_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_machine_check")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_machine_check_lot_id"), "stock_machine_check", ["lot_id"], unique=False)
    op.create_table(
        "stock_balance",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("last_recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("held >= 0 AND held <= on_hand", name=op.f("ck_stock_balance_held_within_on_hand")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_balance_on_hand_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["stock_account.id"], name=op.f("fk_stock_balance_account_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_balance_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_balance")),
        sa.UniqueConstraint("account_id", "lot_id", name=op.f("uq_stock_balance_account_id_lot_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_balance_lot_id"), "stock_balance", ["lot_id"], unique=False)
    op.create_table(
        "stock_block_end",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_stock_block_end_bin_id")),
        sa.ForeignKeyConstraint(["block_id"], ["stock_block.id"], name=op.f("fk_stock_block_end_block_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_block_end_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_block_end")),
        sa.UniqueConstraint("block_id", "bin_id", name=op.f("uq_stock_block_end_block_id_bin_id")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_block_end_position")),
        sqlite_strict=True,
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("book", sa.BigInteger(), nullable=False),
        sa.Column("counted_by_person", sa.BigInteger(), nullable=False),
        sa.Column("recounts_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["stock_account.id"], name=op.f("fk_stock_count_account_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_count_document_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_count_lot_id")),
        sa.ForeignKeyConstraint(["recounts_id"], ["stock_count.id"], name=op.f("fk_stock_count_recounts_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_count_position")),
        sa.UniqueConstraint("recounts_id", name=op.f("uq_stock_count_recounts_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_count_account_id"), "stock_count", ["account_id"], unique=False)
    op.create_index(op.f("ix_stock_count_document_id"), "stock_count", ["document_id"], unique=False)
    op.create_index(op.f("ix_stock_count_lot_id"), "stock_count", ["lot_id"], unique=False)
    op.create_table(
        "stock_hold",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("all_or_nothing", "up_to", name="holdmode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_hold_quantity_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["stock_account.id"], name=op.f("fk_stock_hold_account_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_hold_document_id")),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_stock_hold_document_line_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_hold_lot_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["stock_hold.id"], name=op.f("fk_stock_hold_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_hold")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_hold_position")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_hold_account_id"), "stock_hold", ["account_id"], unique=False)
    op.create_index(op.f("ix_stock_hold_document_id"), "stock_hold", ["document_id"], unique=False)
    op.create_index(op.f("ix_stock_hold_document_line_id"), "stock_hold", ["document_line_id"], unique=False)
    op.create_index(op.f("ix_stock_hold_lot_id"), "stock_hold", ["lot_id"], unique=False)
    op.create_table(
        "stock_count_reason",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("count_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "unrecorded_issue",
                "unrecorded_receipt",
                "wrong_bin",
                "wrong_lot",
                "earlier_count",
                "broken",
                "missing",
                "unknown",
                name="countcause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_reason_count_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_reason")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_count_reason_count_id"), "stock_count_reason", ["count_id"], unique=False)
    op.create_table(
        "stock_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("from_account_id", sa.BigInteger(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.BigInteger(), nullable=True),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_stock_entry_moves_somewhere")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_entry_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_stock_entry_document_line_id")
        ),
        sa.ForeignKeyConstraint(["from_account_id"], ["stock_account.id"], name=op.f("fk_stock_entry_from_account_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["stock_hold.id"], name=op.f("fk_stock_entry_hold_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_entry_lot_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["stock_movement.id"], name=op.f("fk_stock_entry_movement_id")),
        sa.ForeignKeyConstraint(["to_account_id"], ["stock_account.id"], name=op.f("fk_stock_entry_to_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entry")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stock_entry_document_line_id"), "stock_entry", ["document_line_id"], unique=False)
    op.create_index("ix_stock_entry_from", "stock_entry", ["from_account_id", "lot_id", "quantity"], unique=False)
    op.create_index(op.f("ix_stock_entry_hold_id"), "stock_entry", ["hold_id"], unique=False)
    op.create_index(op.f("ix_stock_entry_lot_id"), "stock_entry", ["lot_id"], unique=False)
    op.create_index(op.f("ix_stock_entry_movement_id"), "stock_entry", ["movement_id"], unique=False)
    op.create_index("ix_stock_entry_to", "stock_entry", ["to_account_id", "lot_id", "quantity"], unique=False)
    op.create_table(
        "stock_hold_end",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "fulfilled",
                "released",
                "expired",
                "broken",
                "replaced",
                name="holdoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quantity_used", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.Column("document_line_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_stock_hold_end_document_line_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["stock_hold.id"], name=op.f("fk_stock_hold_end_hold_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["stock_movement.id"], name=op.f("fk_stock_hold_end_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_hold_end")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_stock_hold_end_hold_id")),
        sa.UniqueConstraint("position", name=op.f("uq_stock_hold_end_position")),
        sqlite_strict=True,
    )

    op.execute(LEDGER_SIGNED)
    guard_append_only(
        op.get_bind(),
        [
            "stock_floor",
            "stock_lot",
            "stock_lot_certificate",
            "stock_machine",
            "stock_movement",
            "stock_block",
            "stock_machine_check",
            "stock_block_end",
            "stock_count",
            "stock_hold",
            "stock_count_reason",
            "stock_entry",
            "stock_hold_end",
        ],
    )
    guard_against_deletion(op.get_bind(), ["stock_account", "stock_balance"])
    guard_once_settled(op.get_bind(), "stock_account", "fund")


def downgrade() -> None:
    op.execute("DROP VIEW ledger_signed")
    op.drop_table("stock_hold_end")
    op.drop_table("stock_entry")
    op.drop_table("stock_count_reason")
    op.drop_table("stock_hold")
    op.drop_table("stock_count")
    op.drop_table("stock_block_end")
    op.drop_table("stock_balance")
    op.drop_table("stock_machine_check")
    op.drop_table("stock_block")
    op.drop_table("stock_account")
    op.drop_table("stock_movement")
    op.drop_table("stock_machine")
    op.drop_table("stock_lot_certificate")
    op.drop_table("stock_lot")
    op.drop_table("stock_floor")
