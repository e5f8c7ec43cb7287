"""WHAT WE STORE: items, packs, standards, substitutes, prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_category",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("gb_class", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_category")),
        sa.UniqueConstraint("code", name=op.f("uq_item_category_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "item",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gb_code", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("scenarios", sa.Text(), nullable=False),
        sa.Column("shelf_life_months", sa.BigInteger(), nullable=True),
        sa.Column("min_remaining_months", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("volume_cm3", sa.BigInteger(), nullable=False),
        sa.Column("quality_standard", sa.Text(), nullable=False),
        sa.Column("substitution_group", sa.Text(), nullable=False),
        sa.Column("equivalence_millis", sa.BigInteger(), nullable=False),
        sa.Column("is_reusable", sa.Boolean(), nullable=False),
        sa.Column("needs_cold_chain", sa.Boolean(), nullable=False),
        sa.Column("needs_certificate", sa.Boolean(), nullable=False),
        sa.Column(
            "life_cycle",
            sa.Enum("consumable", "durable", name="lifecycle", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reserve_modes", sa.Text(), nullable=False),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("service_life_days", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_item_pack_positive")),
        sa.ForeignKeyConstraint(["category_code"], ["item_category.code"], name=op.f("fk_item_category_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("code", name=op.f("uq_item_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_item_category_code"), "item", ["category_code"], unique=False)
    op.create_table(
        "item_equipment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("calibration_days", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("calibration_days > 0", name=op.f("ck_item_equipment_calibration_positive")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_item_equipment_item_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_equipment")),
        sa.UniqueConstraint("item_code", name=op.f("uq_item_equipment_item_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "substitution",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("needed_item", sa.Text(), nullable=False),
        sa.Column("substitute_item", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("allowed_context", sa.Text(), nullable=False),
        sa.Column("forbidden_context", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("penalty_millis", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("needed_item <> substitute_item", name=op.f("ck_substitution_different_items")),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_substitution_ratio_positive")),
        sa.ForeignKeyConstraint(["needed_item"], ["item.code"], name=op.f("fk_substitution_needed_item")),
        sa.ForeignKeyConstraint(["substitute_item"], ["item.code"], name=op.f("fk_substitution_substitute_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint("needed_item", "substitute_item", name=op.f("uq_substitution_needed_item_substitute_item")),
        sqlite_strict=True,
    )
    op.create_table(
        "trade_code",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_trade_code_pieces_positive")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_trade_code_item_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_code")),
        sa.UniqueConstraint("code", name=op.f("uq_trade_code_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_trade_code_item_code"), "trade_code", ["item_code"], unique=False)
    op.create_table(
        "substitution_decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("substitution_id", sa.BigInteger(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["substitution_id"], ["substitution.id"], name=op.f("fk_substitution_decision_substitution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution_decision")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_substitution_decision_substitution_id"), "substitution_decision", ["substitution_id"], unique=False
    )

    guard_append_only(op.get_bind(), ["substitution_decision"])
    guard_against_deletion(op.get_bind(), ["item_category", "item", "item_equipment", "substitution", "trade_code"])


def downgrade() -> None:
    op.drop_table("substitution_decision")
    op.drop_table("trade_code")
    op.drop_table("substitution")
    op.drop_table("item_equipment")
    op.drop_table("item")
    op.drop_table("item_category")
