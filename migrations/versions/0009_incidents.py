"""What is needed: incidents, response levels, needs from drivers and norms, requests, household coverage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reserve.db import UtcDateTime, guard_append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_rule_book",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_rule_book")),
        sa.UniqueConstraint("version", name=op.f("uq_demand_rule_book_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "demand_driver",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_book_id", sa.BigInteger(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("low", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("high", sa.Text(), nullable=False),
        sa.Column(
            "confidence",
            sa.Enum(
                "high",
                "medium",
                "low",
                "illustrative",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rule_book_id"], ["demand_rule_book.id"], name=op.f("fk_demand_driver_rule_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_driver")),
        sa.UniqueConstraint("rule_book_id", "driver", name=op.f("uq_demand_driver_rule_book_id_driver")),
        sqlite_strict=True,
    )
    op.create_table(
        "household_coverage",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kit_version", sa.Text(), nullable=False),
        sa.Column("coverage_basis_points", sa.BigInteger(), nullable=False),
        sa.Column("kits_subsidised", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_minor", sa.BigInteger(), nullable=False),
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
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("coverage_basis_points BETWEEN 0 AND 10000", name=op.f("ck_household_coverage_share")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_household_coverage_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_coverage")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_household_coverage_region_code"), "household_coverage", ["region_code"], unique=False)
    op.create_table(
        "severity_profile",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_book_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("share_mild", sa.Text(), nullable=False),
        sa.Column("share_severe", sa.Text(), nullable=False),
        sa.Column("share_critical", sa.Text(), nullable=False),
        sa.Column("bed_days_mild", sa.BigInteger(), nullable=False),
        sa.Column("bed_days_severe", sa.BigInteger(), nullable=False),
        sa.Column("bed_days_critical", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_book_id"], ["demand_rule_book.id"], name=op.f("fk_severity_profile_rule_book_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severity_profile")),
        sa.UniqueConstraint("rule_book_id", "profile", name=op.f("uq_severity_profile_rule_book_id_profile")),
        sqlite_strict=True,
    )
    op.create_table(
        "demand_norm",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_book_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column(
            "scenario",
            sa.Enum(
                "earthquake_geology",
                "flood",
                "urban_waterlogging",
                "ice_snow",
                "forest_grassland_fire",
                "urban_special_fire",
                "hazchem",
                "mine_tunnel",
                "life_rescue",
                "household",
                "public_health",
                "major_event",
                name="scenario",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("low", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("high", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "one_off",
                "per_day",
                "per_shift",
                "per_round",
                "per_pass",
                name="normkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "confidence",
            sa.Enum(
                "high",
                "medium",
                "low",
                "illustrative",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("months", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_demand_norm_item_code")),
        sa.ForeignKeyConstraint(["rule_book_id"], ["demand_rule_book.id"], name=op.f("fk_demand_norm_rule_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_norm")),
        sa.UniqueConstraint("rule_book_id", "code", name=op.f("uq_demand_norm_rule_book_id_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "household_kit_cover",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_book_id", sa.BigInteger(), nullable=False),
        sa.Column("kit_version", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_household_kit_cover_item_code")),
        sa.ForeignKeyConstraint(
            ["rule_book_id"], ["demand_rule_book.id"], name=op.f("fk_household_kit_cover_rule_book_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_kit_cover")),
        sa.UniqueConstraint(
            "rule_book_id",
            "kit_version",
            "driver",
            "item_code",
            name=op.f("uq_household_kit_cover_rule_book_id_kit_version_driver_item_code"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column(
            "scenario",
            sa.Enum(
                "earthquake_geology",
                "flood",
                "urban_waterlogging",
                "ice_snow",
                "forest_grassland_fire",
                "urban_special_fire",
                "hazchem",
                "mine_tunnel",
                "life_rescue",
                "household",
                "public_health",
                "major_event",
                name="scenario",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_path", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_incident_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("code", name=op.f("uq_incident_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_incident_organisation_id"), "incident", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_incident_organisation_path"), "incident", ["organisation_path"], unique=False)
    op.create_table(
        "demand_estimate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rule_book_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("changed_count", sa.BigInteger(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_demand_estimate_incident_id")),
        sa.ForeignKeyConstraint(
            ["rule_book_id"], ["demand_rule_book.id"], name=op.f("fk_demand_estimate_rule_book_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_estimate")),
        sa.UniqueConstraint("code", name=op.f("uq_demand_estimate_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_demand_estimate_incident_id"), "demand_estimate", ["incident_id"], unique=False)
    op.create_table(
        "incident_area",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("is_affected", sa.Boolean(), nullable=False),
        sa.Column("affected_population", sa.BigInteger(), nullable=False),
        sa.Column("relocated_persons", sa.BigInteger(), nullable=False),
        sa.Column("sheltered_persons", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_cases", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_area_incident_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_incident_area_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_area")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_incident_area_incident_id"), "incident_area", ["incident_id"], unique=False)
    op.create_table(
        "incident_observation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "new_confirmed_cases",
                "mass_test_persons",
                "central_isolation_persons",
                "closure",
                "travel_restriction",
                "affected_persons",
                "relocated_persons",
                "sheltered_persons",
                "injured_persons",
                "rescue_personnel",
                "road_cleared",
                "tents_standing",
                name="measure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_incident_observation_value_not_negative")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_observation_incident_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_incident_observation_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_observation")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_incident_observation_of", "incident_observation", ["incident_id", "measure", "observed_on"], unique=False
    )
    op.create_table(
        "incident_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "incident_class",
            sa.Enum(
                "exceptional",
                "major",
                "larger",
                "ordinary",
                name="incidentclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="incidentstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reported", sa.Text(), nullable=False),
        sa.Column("severity_profile", sa.Text(), nullable=True),
        sa.Column("injured", sa.BigInteger(), nullable=False),
        sa.Column("injured_are_serious", sa.Boolean(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_version_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_version")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_incident_version_incident_id"), "incident_version", ["incident_id"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("estimate", "request", name="needorigin", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("need_class", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("flow", "lump", name="needkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("norm_code", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("need_class BETWEEN 1 AND 3", name=op.f("ck_need_class_known")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_need_incident_id")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_need_item_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_need_region_code")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_need_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("incident_id", "code", name=op.f("uq_need_incident_id_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "request_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("needed_by", UtcDateTime(), nullable=False),
        sa.Column("need_class", sa.BigInteger(), nullable=False),
        sa.Column("own_total", sa.BigInteger(), nullable=False),
        sa.Column("own_used", sa.BigInteger(), nullable=False),
        sa.Column("duplicate_of_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_request_line_quantity_positive")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_request_line_document_id")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["request_line.id"], name=op.f("fk_request_line_duplicate_of_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_request_line_incident_id")),
        sa.ForeignKeyConstraint(["item_code"], ["item.code"], name=op.f("fk_request_line_item_code")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_request_line_organisation_id")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_request_line_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_line")),
        sa.UniqueConstraint("document_id", "line_no", name=op.f("uq_request_line_document_id_line_no")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_request_line_incident_id"), "request_line", ["incident_id"], unique=False)
    op.create_table(
        "response_change",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "activation",
                "change",
                "termination",
                name="responsestep",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("IV", "III", "II", "I", name="responselevel", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("expected_until", sa.Date(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_response_change_document_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_response_change_incident_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_response_change_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_change")),
        sa.UniqueConstraint("document_id", name=op.f("uq_response_change_document_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_response_change_incident_id"), "response_change", ["incident_id"], unique=False)
    op.create_table(
        "need_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("need_id", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("gross_base", sa.BigInteger(), nullable=False),
        sa.Column("household_base", sa.BigInteger(), nullable=False),
        sa.Column("hospital_base", sa.BigInteger(), nullable=False),
        sa.Column("driver_amount", sa.Text(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "observed", "forecast", "assumed", name="basis", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "confidence",
            sa.Enum(
                "high",
                "medium",
                "low",
                "illustrative",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("estimate_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "base = gross_base - household_base - hospital_base", name=op.f("ck_need_version_covers_add_up")
        ),
        sa.CheckConstraint("low >= 0 AND base >= 0 AND high >= 0", name=op.f("ck_need_version_not_negative")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_need_version_document_id")),
        sa.ForeignKeyConstraint(["estimate_id"], ["demand_estimate.id"], name=op.f("fk_need_version_estimate_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_version_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_version")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_need_version_document_id"), "need_version", ["document_id"], unique=False)
    op.create_index(op.f("ix_need_version_estimate_id"), "need_version", ["estimate_id"], unique=False)
    op.create_index(op.f("ix_need_version_need_id"), "need_version", ["need_id"], unique=False)
    op.create_table(
        "request_decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("request_line_id", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("need_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_request_decision_need_id")),
        sa.ForeignKeyConstraint(
            ["request_line_id"], ["request_line.id"], name=op.f("fk_request_decision_request_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_decision")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_request_decision_request_line_id"), "request_decision", ["request_line_id"], unique=False)

    guard_append_only(
        op.get_bind(),
        [
            "demand_rule_book",
            "demand_driver",
            "household_coverage",
            "severity_profile",
            "demand_norm",
            "household_kit_cover",
            "incident",
            "demand_estimate",
            "incident_area",
            "incident_observation",
            "incident_version",
            "need",
            "request_line",
            "response_change",
            "need_version",
            "request_decision",
        ],
    )


def downgrade() -> None:
    op.drop_table("request_decision")
    op.drop_table("need_version")
    op.drop_table("response_change")
    op.drop_table("request_line")
    op.drop_table("need")
    op.drop_table("incident_version")
    op.drop_table("incident_observation")
    op.drop_table("incident_area")
    op.drop_table("demand_estimate")
    op.drop_table("incident")
    op.drop_table("household_kit_cover")
    op.drop_table("demand_norm")
    op.drop_table("severity_profile")
    op.drop_table("household_coverage")
    op.drop_table("demand_driver")
    op.drop_table("demand_rule_book")
