"""WHAT CAN BE MADE: producers, lines, activation, output."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capacity_declaration",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_code", sa.Text(), nullable=False),
        sa.Column("daily_quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "declared",
                "verified",
                "drilled",
                "counted",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_capacity_declaration_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_declaration")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_capacity_declaration_line_code"), "capacity_declaration", ["line_code"], unique=False)
    op.create_table(
        "material",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("material_group", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("code", name=op.f("uq_material_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "bom_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_bom_line_quantity_positive")),
        sa.ForeignKeyConstraint(["material_code"], ["material.code"], name=op.f("fk_bom_line_material_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bom_line")),
        sa.UniqueConstraint("product_code", "material_code", name=op.f("uq_bom_line_product_code_material_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "capacity_base",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("lead_region_code", sa.Text(), nullable=False),
        sa.Column("cluster_zh", sa.Text(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_region_code"], ["region.code"], name=op.f("fk_capacity_base_lead_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_base")),
        sa.UniqueConstraint("code", name=op.f("uq_capacity_base_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "material_supply",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("daily_quantity", sa.BigInteger(), nullable=False),
        sa.Column("in_province_permille", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "declared",
                "verified",
                "drilled",
                "counted",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["material_code"], ["material.code"], name=op.f("fk_material_supply_material_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_supply")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_material_supply_material_code"), "material_supply", ["material_code"], unique=False)
    op.create_table(
        "holder_declaration",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "own_reserve",
                "pledge",
                "team_kit",
                name="declarationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "declared",
                "verified",
                "drilled",
                "counted",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["organisation.id"], name=op.f("fk_holder_declaration_holder_id")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_holder_declaration_item_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_declaration")),
        sqlite_strict=True,
    )
    op.create_index("ix_holder_declaration_of", "holder_declaration", ["holder_id", "kind", "item_code"], unique=False)
    op.create_table(
        "expected_supply",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pre_advised",
                "production",
                "shipment",
                "loan_return",
                name="supplykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("owner_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("available_from", UtcDateTime(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "declared",
                "verified",
                "drilled",
                "counted",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("incident_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_expected_supply_quantity_not_negative")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_expected_supply_item_code")),
        sa.ForeignKeyConstraint(["owner_code"], ["organisation.code"], name=op.f("fk_expected_supply_owner_code")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_expected_supply_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_supply")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_expected_supply_code"), "expected_supply", ["code"], unique=False)
    op.create_index(op.f("ix_expected_supply_document_number"), "expected_supply", ["document_number"], unique=False)
    op.create_index(op.f("ix_expected_supply_item_code"), "expected_supply", ["item_code"], unique=False)
    op.create_index(op.f("ix_expected_supply_site_code"), "expected_supply", ["site_code"], unique=False)
    op.create_table(
        "producer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_path", sa.Text(), nullable=False),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "designated_producer",
                "flexible_converter",
                "material_supplier",
                "shortage_drug_base",
                name="producerrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ownership",
            sa.Enum("private", "state", name="ownership", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "quality_status",
            sa.Enum(
                "certified",
                "pending",
                "suspended",
                name="qualitystatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cluster_zh", sa.Text(), nullable=False),
        sa.Column("capacity_base_code", sa.Text(), nullable=True),
        sa.Column("material_days_on_hand", sa.BigInteger(), nullable=False),
        sa.Column("holds_stock_on_behalf", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capacity_base_code"], ["capacity_base.code"], name=op.f("fk_producer_capacity_base_code")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_producer_organisation_id")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_producer_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer")),
        sa.UniqueConstraint("code", name=op.f("uq_producer_code")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_producer_organisation_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_producer_organisation_path"), "producer", ["organisation_path"], unique=False)
    op.create_table(
        "holding_agreement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("producer_code", sa.Text(), nullable=False),
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("call_notice_hours", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["organisation.id"], name=op.f("fk_holding_agreement_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_holding_agreement_item_code")),
        sa.ForeignKeyConstraint(["producer_code"], ["producer.code"], name=op.f("fk_holding_agreement_producer_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_agreement")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_holding_agreement_code"), "holding_agreement", ["code"], unique=False)
    op.create_index(op.f("ix_holding_agreement_item_code"), "holding_agreement", ["item_code"], unique=False)
    op.create_table(
        "peg",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("supply_code", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("document_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_peg_quantity_positive")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_peg_document_id")),
        sa.ForeignKeyConstraint(["document_line_id"], ["document_line.id"], name=op.f("fk_peg_document_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peg")),
        sa.UniqueConstraint("position", name=op.f("uq_peg_position")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_peg_document_id"), "peg", ["document_id"], unique=False)
    op.create_index(op.f("ix_peg_supply_code"), "peg", ["supply_code"], unique=False)
    op.create_table(
        "production_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("producer_code", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column(
            "product_kind",
            sa.Enum("item", "material", name="productkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("normal_daily", sa.BigInteger(), nullable=False),
        sa.Column("max_daily", sa.BigInteger(), nullable=False),
        sa.Column("changeover_hours", sa.BigInteger(), nullable=False),
        sa.Column("ramp_up_days", sa.BigInteger(), nullable=False),
        sa.Column("release_lag_days", sa.BigInteger(), nullable=False),
        sa.Column("previous_product", sa.Text(), nullable=False),
        sa.Column("min_batch", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("normal_daily <= max_daily", name=op.f("ck_production_line_normal_within_max")),
        sa.ForeignKeyConstraint(["producer_code"], ["producer.code"], name=op.f("fk_production_line_producer_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_line")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_production_line_code"), "production_line", ["code"], unique=False)
    op.create_index(op.f("ix_production_line_producer_code"), "production_line", ["producer_code"], unique=False)
    op.create_index(op.f("ix_production_line_product_code"), "production_line", ["product_code"], unique=False)
    op.create_table(
        "production_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("incident_code", sa.Text(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("line_code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("quantity_per_day", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("quality_standard", sa.Text(), nullable=False),
        sa.Column("delivery_site", sa.Text(), nullable=False),
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
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
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_basis", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_production_order_span")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["organisation.id"], name=op.f("fk_production_order_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["delivery_site"], ["site.code"], name=op.f("fk_production_order_delivery_site")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_production_order_document_id")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_production_order_item_code")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_production_order_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_order")),
        sa.UniqueConstraint("document_id", name=op.f("uq_production_order_document_id")),
        sa.UniqueConstraint("number", name=op.f("uq_production_order_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_production_order_incident_code"), "production_order", ["incident_code"], unique=False)
    op.create_index(op.f("ix_production_order_line_code"), "production_order", ["line_code"], unique=False)
    op.create_index(op.f("ix_production_order_producer_id"), "production_order", ["producer_id"], unique=False)
    op.create_table(
        "output_release",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_output_release_document_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_output_release_lot_id")),
        sa.ForeignKeyConstraint(["order_id"], ["production_order.id"], name=op.f("fk_output_release_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_output_release")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_output_release_order_id"), "output_release", ["order_id"], unique=False)
    op.create_table(
        "output_report",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("scrap", sa.BigInteger(), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["production_order.id"], name=op.f("fk_output_report_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_output_report")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_output_report_order_id"), "output_report", ["order_id"], unique=False)
    op.create_table(
        "peg_end",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("peg_id", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["peg_id"], ["peg.id"], name=op.f("fk_peg_end_peg_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peg_end")),
        sa.UniqueConstraint("peg_id", name=op.f("uq_peg_end_peg_id")),
        sa.UniqueConstraint("position", name=op.f("uq_peg_end_position")),
        sqlite_strict=True,
    )
    op.create_table(
        "planned_output",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["production_order.id"], name=op.f("fk_planned_output_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_output")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_planned_output_order_id"), "planned_output", ["order_id"], unique=False)

    guard_append_only(
        op.get_bind(),
        [
            "capacity_declaration",
            "material_supply",
            "holder_declaration",
            "expected_supply",
            "holding_agreement",
            "peg",
            "production_line",
            "production_order",
            "output_release",
            "output_report",
            "peg_end",
            "planned_output",
        ],
    )
    guard_against_deletion(op.get_bind(), ["material", "bom_line", "capacity_base", "producer"])


def downgrade() -> None:
    op.drop_table("planned_output")
    op.drop_table("peg_end")
    op.drop_table("output_report")
    op.drop_table("output_release")
    op.drop_table("production_order")
    op.drop_table("production_line")
    op.drop_table("peg")
    op.drop_table("holding_agreement")
    op.drop_table("producer")
    op.drop_table("expected_supply")
    op.drop_table("holder_declaration")
    op.drop_table("material_supply")
    op.drop_table("capacity_base")
    op.drop_table("bom_line")
    op.drop_table("material")
    op.drop_table("capacity_declaration")
