"""What if: surge scenarios, a frozen base and named changes, projected and compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_append_only

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_path", sa.Text(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=False),
        sa.Column("ledger_position", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("incident_codes", sa.Text(), nullable=False),
        sa.Column(
            "need_level",
            sa.Enum("low", "base", "high", name="needlevel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("needs_go_on", sa.Boolean(), nullable=False),
        sa.Column("base", sa.LargeBinary(), nullable=False),
        sa.Column("base_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_scenario_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("code", name=op.f("uq_scenario_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_scenario_organisation_path"), "scenario", ["organisation_path"], unique=False)
    op.create_table(
        "scenario_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_number", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instance", sa.LargeBinary(), nullable=False),
        sa.Column("instance_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("from_number < number", name=op.f("ck_scenario_version_goes_on_from_earlier")),
        sa.CheckConstraint("number > 0", name=op.f("ck_scenario_version_number_positive")),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_version_scenario_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_version")),
        sa.UniqueConstraint("scenario_id", "number", name=op.f("uq_scenario_version_scenario_id_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_scenario_version_scenario_id"), "scenario_version", ["scenario_id"], unique=False)
    op.create_table(
        "scenario_projection",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("projection", sa.LargeBinary(), nullable=False),
        sa.Column("projection_hash", sa.Text(), nullable=False),
        sa.Column("explanation", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scenario_version.id"], name=op.f("fk_scenario_projection_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_projection")),
        sa.UniqueConstraint("version_id", name=op.f("uq_scenario_projection_version_id")),
        sqlite_strict=True,
    )

    guard_append_only(op.get_bind(), ["scenario", "scenario_version", "scenario_projection"])


def downgrade() -> None:
    op.drop_table("scenario_projection")
    op.drop_table("scenario_version")
    op.drop_table("scenario")
