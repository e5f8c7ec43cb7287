"""WHAT PEOPLE DID outside the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only, guard_once_settled

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("done", "refused", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_entry_recorded_at"), "audit_entry", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)
    op.create_index(op.f("ix_audit_entry_user_id"), "audit_entry", ["user_id"], unique=False)
    op.create_table(
        "request_key",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_key")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_request_key_user_id_key")),
        sqlite_strict=True,
    )

    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE ledger_position AS bigint")
    else:
        op.execute(
            "CREATE TABLE ledger_position (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL) STRICT"
        )
        op.execute("INSERT INTO ledger_position (id, value) VALUES (1, 0)")
        op.execute(
            "CREATE TRIGGER ledger_position_forward BEFORE UPDATE ON ledger_position WHEN NEW.value < OLD.value "
            "BEGIN SELECT RAISE(ABORT, 'append-only: positions only rise'); END"
        )
        guard_against_deletion(op.get_bind(), ["ledger_position"])
    guard_append_only(op.get_bind(), ["audit_entry"])
    guard_against_deletion(op.get_bind(), ["request_key"])
    guard_once_settled(op.get_bind(), "request_key", "answer")


def downgrade() -> None:
    op.drop_table("request_key")
    op.drop_table("audit_entry")

    op.execute(
        "DROP SEQUENCE ledger_position" if op.get_bind().dialect.name == "postgresql" else "DROP TABLE ledger_position"
    )
