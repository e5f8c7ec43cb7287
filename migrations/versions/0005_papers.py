"""WHAT IT RESTS ON: numbered documents, approval cases, signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("response_level", sa.Text(), nullable=False),
        sa.Column("holder_relation", sa.Text(), nullable=False),
        sa.Column("value_minor_from", sa.BigInteger(), nullable=False),
        sa.Column("quantity_from", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("quorum", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
        sa.UniqueConstraint("version", "row_no", name=op.f("uq_approval_rule_version_row_no")),
        sqlite_strict=True,
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening_balance",
                "receipt",
                "issue_note",
                "transfer_note",
                "adjustment",
                "count_sheet",
                "count_variance",
                "reversal",
                "block_notice",
                "disposal",
                "response_activation",
                "request",
                "dispatch_order",
                "production_order",
                "floor_release",
                "strategic_floor_release",
                "requisition_decision",
                "direct_call",
                "aid_request",
                "cut",
                "offer",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint(
            "kind", "organisation_code", "year", name=op.f("uq_number_series_kind_organisation_code_year")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening_balance",
                "receipt",
                "issue_note",
                "transfer_note",
                "adjustment",
                "count_sheet",
                "count_variance",
                "reversal",
                "block_notice",
                "disposal",
                "response_activation",
                "request",
                "dispatch_order",
                "production_order",
                "floor_release",
                "strategic_floor_release",
                "requisition_decision",
                "direct_call",
                "aid_request",
                "cut",
                "offer",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("incident_code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("response_level", sa.Text(), nullable=True),
        sa.Column("holder_relation", sa.Text(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("drafted_by_user", sa.BigInteger(), nullable=False),
        sa.Column("drafted_by_person", sa.BigInteger(), nullable=False),
        sa.Column("requested_by_person", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("refers_to_id", sa.BigInteger(), nullable=True),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_document_organisation_id")),
        sa.ForeignKeyConstraint(["refers_to_id"], ["document.id"], name=op.f("fk_document_refers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_document_incident_code"), "document", ["incident_code"], unique=False)
    op.create_index(op.f("ix_document_kind"), "document", ["kind"], unique=False)
    op.create_index(op.f("ix_document_organisation_id"), "document", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_document_recorded_at"), "document", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_document_refers_to_id"), "document", ["refers_to_id"], unique=False)
    op.create_table(
        "approval_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("quorum", sa.BigInteger(), nullable=False),
        sa.Column("scope_path", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_approval_step_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sa.UniqueConstraint("document_id", "step", "role", name=op.f("uq_approval_step_document_id_step_role")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_approval_step_document_id"), "approval_step", ["document_id"], unique=False)
    op.create_table(
        "document_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("source_code", sa.Text(), nullable=False),
        sa.Column("receiver_code", sa.Text(), nullable=False),
        sa.Column("owner_code", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("latest_arrival_at", UtcDateTime(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_document_line_quantity_positive")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_line_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_line")),
        sa.UniqueConstraint("document_id", "line_no", name=op.f("uq_document_line_document_id_line_no")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_document_line_document_id"), "document_line", ["document_id"], unique=False)
    op.create_index(op.f("ix_document_line_item_code"), "document_line", ["item_code"], unique=False)
    op.create_table(
        "document_state",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "posted",
                "reversed",
                "counting",
                "draft",
                "submitted",
                "approved",
                "rejected",
                "withdrawn",
                "issued",
                "in_execution",
                "cancelled",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "previous",
            sa.Enum(
                "posted",
                "reversed",
                "counting",
                "draft",
                "submitted",
                "approved",
                "rejected",
                "withdrawn",
                "issued",
                "in_execution",
                "cancelled",
                "closed",
                name="previous",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_state_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_state")),
        sa.UniqueConstraint("position", name=op.f("uq_document_state_position")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_document_state_document_id"), "document_state", ["document_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_path", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("approve", "reject", name="decision", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("ceiling >= 0", name=op.f("ck_signature_ceiling_not_negative")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_signature_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint(
            "document_id", "person_id", "line_no", name=op.f("uq_signature_document_id_person_id_line_no")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_signature_document_id"), "signature", ["document_id"], unique=False)

    guard_append_only(
        op.get_bind(), ["approval_rule", "document", "approval_step", "document_line", "document_state", "signature"]
    )
    guard_against_deletion(op.get_bind(), ["number_series"])


def downgrade() -> None:
    op.drop_table("signature")
    op.drop_table("document_state")
    op.drop_table("document_line")
    op.drop_table("approval_step")
    op.drop_table("document")
    op.drop_table("number_series")
    op.drop_table("approval_rule")
