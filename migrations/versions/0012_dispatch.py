"""WHO GETS WHAT: plan, order, shipment, receipt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispatch_plan",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("incident_codes", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_path", sa.Text(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=False),
        sa.Column("ledger_position", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("pins", sa.Text(), nullable=False),
        sa.Column("smallest", sa.Text(), nullable=False),
        sa.Column("instance", sa.LargeBinary(), nullable=False),
        sa.Column("instance_hash", sa.Text(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("followed", sa.LargeBinary(), nullable=False),
        sa.Column("requested_by_person", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("job_code", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dispatch_plan_organisation_id")
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["dispatch_plan.id"], name=op.f("fk_dispatch_plan_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_dispatch_plan_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_dispatch_plan_organisation_path"), "dispatch_plan", ["organisation_path"], unique=False)
    op.create_index(op.f("ix_dispatch_plan_previous_id"), "dispatch_plan", ["previous_id"], unique=False)
    op.create_table(
        "device_command",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receive",
                "inspect",
                "transfer",
                "issue",
                "count",
                "depart",
                "deliver",
                name="devicecommandkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("device_at", UtcDateTime(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "posted", "to_reconcile", name="deviceoutcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_command_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_command")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_device_command_user_id_key")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_device_command_outcome"), "device_command", ["outcome"], unique=False)
    op.create_index(op.f("ix_device_command_site_id"), "device_command", ["site_id"], unique=False)
    op.create_table(
        "dispatch_acknowledgement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_dispatch_acknowledgement_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_acknowledgement")),
        sa.UniqueConstraint("document_id", name=op.f("uq_dispatch_acknowledgement_document_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "dispatch_plan_result",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("explanation", sa.LargeBinary(), nullable=False),
        sa.Column("yardsticks", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["dispatch_plan.id"], name=op.f("fk_dispatch_plan_result_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_plan_result")),
        sa.UniqueConstraint("plan_id", "rung", name=op.f("uq_dispatch_plan_result_plan_id_rung")),
        sqlite_strict=True,
    )
    op.create_table(
        "device_settlement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["command_id"], ["device_command.id"], name=op.f("fk_device_settlement_command_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_device_settlement_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_settlement")),
        sa.UniqueConstraint("command_id", name=op.f("uq_device_settlement_command_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "dispatch_order_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("need_key", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_dispatch_order_line_document_id")),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_dispatch_order_line_document_line_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["dispatch_plan.id"], name=op.f("fk_dispatch_order_line_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_order_line")),
        sa.UniqueConstraint("document_line_id", name=op.f("uq_dispatch_order_line_document_line_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_dispatch_order_line_document_id"), "dispatch_order_line", ["document_id"], unique=False)
    op.create_index(op.f("ix_dispatch_order_line_need_key"), "dispatch_order_line", ["need_key"], unique=False)
    op.create_index(op.f("ix_dispatch_order_line_plan_id"), "dispatch_order_line", ["plan_id"], unique=False)
    op.create_table(
        "dispatch_shipment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("source_site_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_site_id", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("vehicle_no", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("driver_phone", sa.Text(), nullable=False),
        sa.Column("pass_no", sa.Text(), nullable=False),
        sa.Column("seal_no", sa.Text(), nullable=False),
        sa.Column("departed_at", UtcDateTime(), nullable=False),
        sa.Column("planned_arrival_at", UtcDateTime(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_dispatch_shipment_document_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["stock_movement.id"], name=op.f("fk_dispatch_shipment_movement_id")),
        sa.ForeignKeyConstraint(["receiver_site_id"], ["site.id"], name=op.f("fk_dispatch_shipment_receiver_site_id")),
        sa.ForeignKeyConstraint(["source_site_id"], ["site.id"], name=op.f("fk_dispatch_shipment_source_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_shipment")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_dispatch_shipment_movement_id")),
        sa.UniqueConstraint("number", name=op.f("uq_dispatch_shipment_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_dispatch_shipment_document_id"), "dispatch_shipment", ["document_id"], unique=False)
    op.create_index(
        op.f("ix_dispatch_shipment_receiver_site_id"), "dispatch_shipment", ["receiver_site_id"], unique=False
    )
    op.create_table(
        "dispatch_study",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "policies",
                "hold_back",
                "loads",
                "choice",
                name="studykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("question_hash", sa.Text(), nullable=False),
        sa.Column("requested_by_person", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("job_code", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["dispatch_plan.id"], name=op.f("fk_dispatch_study_plan_id")),
        sa.ForeignKeyConstraint(["result_id"], ["dispatch_plan_result.id"], name=op.f("fk_dispatch_study_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_study")),
        sa.UniqueConstraint("code", name=op.f("uq_dispatch_study_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_dispatch_study_plan_id"), "dispatch_study", ["plan_id"], unique=False)
    op.create_table(
        "dispatch_delivery_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_dispatch_delivery_line_document_line_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_dispatch_delivery_line_lot_id")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["stock_movement.id"], name=op.f("fk_dispatch_delivery_line_movement_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["dispatch_shipment.id"], name=op.f("fk_dispatch_delivery_line_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_delivery_line")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_dispatch_delivery_line_movement_id"), "dispatch_delivery_line", ["movement_id"], unique=False
    )
    op.create_index(
        op.f("ix_dispatch_delivery_line_shipment_id"), "dispatch_delivery_line", ["shipment_id"], unique=False
    )
    op.create_table(
        "dispatch_order_lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("supply_code", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispatch_order_lot_quantity_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["stock_account.id"], name=op.f("fk_dispatch_order_lot_account_id")),
        sa.ForeignKeyConstraint(
            ["document_line_id"], ["document_line.id"], name=op.f("fk_dispatch_order_lot_document_line_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_dispatch_order_lot_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_order_lot")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_dispatch_order_lot_document_line_id"), "dispatch_order_lot", ["document_line_id"], unique=False
    )
    op.create_table(
        "dispatch_plan_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("need_key", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("owner_code", sa.Text(), nullable=False),
        sa.Column("source_site", sa.Text(), nullable=False),
        sa.Column("receiver_site", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("supply_code", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("leave_at", UtcDateTime(), nullable=False),
        sa.Column("arrive_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("makes_up", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispatch_plan_line_quantity_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["stock_account.id"], name=op.f("fk_dispatch_plan_line_account_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_dispatch_plan_line_lot_id")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["dispatch_plan_result.id"], name=op.f("fk_dispatch_plan_line_result_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_plan_line")),
        sa.UniqueConstraint("result_id", "line_no", name=op.f("uq_dispatch_plan_line_result_id_line_no")),
        sqlite_strict=True,
    )
    op.create_table(
        "dispatch_study_result",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("study_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("answer_hash", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["dispatch_study.id"], name=op.f("fk_dispatch_study_result_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_study_result")),
        sa.UniqueConstraint("study_id", name=op.f("uq_dispatch_study_result_study_id")),
        sqlite_strict=True,
    )

    guard_append_only(
        op.get_bind(),
        [
            "dispatch_plan",
            "device_command",
            "dispatch_acknowledgement",
            "dispatch_plan_result",
            "device_settlement",
            "dispatch_order_line",
            "dispatch_shipment",
            "dispatch_study",
            "dispatch_delivery_line",
            "dispatch_order_lot",
            "dispatch_plan_line",
            "dispatch_study_result",
        ],
    )


def downgrade() -> None:
    op.drop_table("dispatch_study_result")
    op.drop_table("dispatch_plan_line")
    op.drop_table("dispatch_order_lot")
    op.drop_table("dispatch_delivery_line")
    op.drop_table("dispatch_study")
    op.drop_table("dispatch_shipment")
    op.drop_table("dispatch_order_line")
    op.drop_table("device_settlement")
    op.drop_table("dispatch_plan_result")
    op.drop_table("dispatch_acknowledgement")
    op.drop_table("device_command")
    op.drop_table("dispatch_plan")
