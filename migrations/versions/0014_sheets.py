"""WHAT CAME IN BY SHEET: files as they were handed in, the batches they became, row by row, and their withdrawal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_upload",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening_balances",
                "receipts",
                "counts",
                "catalogue",
                "sites",
                "declarations",
                name="sheetkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_upload")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sheet_upload_digest"), "sheet_upload", ["digest"], unique=False)
    op.create_table(
        "sheet_batch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening_balances",
                "receipts",
                "counts",
                "catalogue",
                "sites",
                "declarations",
                name="sheetkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["sheet_upload.id"], name=op.f("fk_sheet_batch_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_batch")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sheet_batch_upload_id"), "sheet_batch", ["upload_id"], unique=False)
    op.create_index(op.f("ix_sheet_batch_user_id"), "sheet_batch", ["user_id"], unique=False)
    op.create_table(
        "sheet_batch_end",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["sheet_batch.id"], name=op.f("fk_sheet_batch_end_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_batch_end")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_sheet_batch_end_batch_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "sheet_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "recorded",
                "unchanged",
                "left_out",
                name="rowoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["sheet_batch.id"], name=op.f("fk_sheet_row_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_row")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sheet_row_batch_id"), "sheet_row", ["batch_id"], unique=False)
    op.create_index(op.f("ix_sheet_row_key"), "sheet_row", ["key"], unique=False)

    guard_append_only(op.get_bind(), ["sheet_upload", "sheet_batch", "sheet_batch_end", "sheet_row"])


def downgrade() -> None:
    op.drop_table("sheet_row")
    op.drop_table("sheet_batch_end")
    op.drop_table("sheet_batch")
    op.drop_table("sheet_upload")
