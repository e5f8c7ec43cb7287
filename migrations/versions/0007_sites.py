"""WHERE: warehouses, receiving points, bins, routes, vehicles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_against_deletion, guard_append_only, guard_once_settled

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vehicle_type",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("payload_kg", sa.BigInteger(), nullable=False),
        sa.Column("volume_dm3", sa.BigInteger(), nullable=False),
        sa.Column("speed_kmh_normal", sa.BigInteger(), nullable=False),
        sa.Column("speed_kmh_disaster", sa.BigInteger(), nullable=False),
        sa.Column("load_minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_type")),
        sa.UniqueConstraint("code", name=op.f("uq_vehicle_type_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "fleet",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("vehicle_type", sa.Text(), nullable=False),
        sa.Column("vehicles", sa.BigInteger(), nullable=False),
        sa.Column("available_from_hour", sa.BigInteger(), nullable=False),
        sa.Column("price_per_km_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_fleet_region_code")),
        sa.ForeignKeyConstraint(["vehicle_type"], ["vehicle_type.code"], name=op.f("fk_fleet_vehicle_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fleet")),
        sa.UniqueConstraint("region_code", "vehicle_type", name=op.f("uq_fleet_region_code_vehicle_type")),
        sqlite_strict=True,
    )
    op.create_table(
        "site",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "warehouse",
                "receiving_point",
                "hospital",
                "plant",
                name="sitekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_path", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("floor_area_m2", sa.BigInteger(), nullable=False),
        sa.Column("loading_docks", sa.BigInteger(), nullable=False),
        sa.Column("trucks_per_hour", sa.BigInteger(), nullable=False),
        sa.Column("beds", sa.BigInteger(), nullable=False),
        sa.Column("icu_beds", sa.BigInteger(), nullable=False),
        sa.Column("health_workers", sa.BigInteger(), nullable=False),
        sa.Column("is_designated", sa.Boolean(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_site_organisation_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_site_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_site_organisation_id"), "site", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_site_organisation_path"), "site", ["organisation_path"], unique=False)
    op.create_index(op.f("ix_site_region_code"), "site", ["region_code"], unique=False)
    op.create_table(
        "bin",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "shelf",
                "staging",
                "inspection",
                "rejected",
                "returned",
                "production",
                "receiving_point",
                "unreconciled",
                "in_transit",
                "supplier",
                "consumed",
                "waste",
                "lost",
                "count_difference",
                name="binkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_bin_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("place", "code", name=op.f("uq_bin_place_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_bin_site_id"), "bin", ["site_id"], unique=False)
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("from_site_id", sa.BigInteger(), nullable=False),
        sa.Column("to_site_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("metres", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_site_id"], ["site.id"], name=op.f("fk_route_from_site_id")),
        sa.ForeignKeyConstraint(["to_site_id"], ["site.id"], name=op.f("fk_route_to_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_route_from_site_id"), "route", ["from_site_id"], unique=False)
    op.create_index(op.f("ix_route_to_site_id"), "route", ["to_site_id"], unique=False)

    guard_append_only(op.get_bind(), ["route"])
    guard_against_deletion(op.get_bind(), ["vehicle_type", "fleet", "site", "bin"])
    guard_once_settled(op.get_bind(), "bin", "kind")


def downgrade() -> None:
    op.drop_table("route")
    op.drop_table("bin")
    op.drop_table("site")
    op.drop_table("fleet")
    op.drop_table("vehicle_type")
