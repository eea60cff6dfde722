"""Migrations expand before they contract; one that does not says why."""

from __future__ import annotations

import sys

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from tests.upgrade.dangers import dangers

FIRST = "0001"
ROOMS = {config.label for config in apps.get_app_configs() if config.name.startswith("tutela.")}
LATER = sorted(
    key
    for key in MigrationLoader(None).disk_migrations
    if key[0] in ROOMS and not key[1].startswith(FIRST)
)


@pytest.mark.parametrize(("room", "name"), LATER)
def test_a_migration_lets_the_version_before_it_go_on_working(room, name):
    migration = MigrationLoader(None).disk_migrations[room, name]
    module = sys.modules[type(migration).__module__]
    assert dangers(migration, getattr(module, "REASONS", {})) == []


@pytest.mark.parametrize("room", sorted({room for room, _ in LATER}))
def test_migrations_of_a_room_have_one_end(room):
    leaves = MigrationLoader(None).graph.leaf_nodes(room)
    assert len(leaves) == 1


def _migration(*operations) -> migrations.Migration:
    made = migrations.Migration("9999_made_up", "vault")
    made.operations = list(operations)
    return made


NEW = migrations.CreateModel("Fresh", [("id", models.UUIDField(primary_key=True))])
INDEX = models.Index(fields=["at"], name="by_at")
DANGEROUS = {
    "a column that goes": migrations.RemoveField("value", "field"),
    "a column that gets another name": migrations.RenameField("value", "field", "slug"),
    "a table that goes": migrations.DeleteModel("Value"),
    "a table that gets another name": migrations.RenameModel("Value", "Datum"),
    "another type": migrations.AlterField("value", "field", models.IntegerField()),
    "a column that old inserts lack": migrations.AddField("value", "x", models.TextField()),
    "a default that only the program knows": migrations.AddField(
        "value", "x", models.TextField(default="")
    ),
    "an index on a new column": migrations.AddField(
        "value", "x", models.TextField(null=True, db_index=True)
    ),
    "an index that writers wait for": migrations.AddIndex("value", INDEX),
    "a constraint that reads all rows": migrations.AddConstraint(
        "value", models.CheckConstraint(condition=models.Q(version__gt=0), name="some")
    ),
    "rows changed by a function": migrations.RunPython(migrations.RunPython.noop),
    "rows changed at once": migrations.RunSQL("UPDATE vault_value SET field = 'x'"),
    "SQL that takes a column": migrations.RunSQL("ALTER TABLE a\n DROP  COLUMN b"),
    "SQL that renames": migrations.RunSQL("ALTER TABLE a RENAME TO b"),
    "SQL that rewrites a table": migrations.RunSQL("ALTER TABLE a ALTER COLUMN b TYPE bigint"),
    "SQL that refuses old inserts": migrations.RunSQL("ALTER TABLE a ALTER b SET NOT NULL"),
    "SQL that builds an index": migrations.RunSQL("CREATE INDEX a ON b (c)"),
    "SQL that checks all rows": migrations.RunSQL("ALTER TABLE a ADD CONSTRAINT b CHECK (true)"),
    "SQL that locks": migrations.RunSQL("LOCK TABLE a"),
    "SQL that opens a table to everybody": migrations.RunSQL("DROP POLICY a ON b"),
    "one hidden in another": migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RemoveField("value", "field")]
    ),
}


@pytest.mark.parametrize("operation", DANGEROUS.values(), ids=DANGEROUS)
def test_what_is_dangerous_is_found(operation):
    assert dangers(_migration(operation), {}) != []


@pytest.mark.parametrize(
    "operations",
    [
        [NEW],
        [NEW, migrations.AddIndex("fresh", INDEX)],
        [migrations.AddField("value", "x", models.TextField(null=True))],
        [migrations.AddField("value", "x", models.TextField(db_default=""))],
        [AddIndexConcurrently("value", INDEX)],
        [migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON b (c)")],
        [migrations.RunSQL("ALTER TABLE a ADD CONSTRAINT b CHECK (true) NOT VALID")],
        [migrations.RunSQL("CREATE TRIGGER a BEFORE UPDATE OR TRUNCATE ON b EXECUTE FUNCTION c()")],
    ],
)
def test_what_only_expands_passes(operations):
    assert dangers(_migration(*operations), {}) == []


def test_a_reason_beside_it_lets_a_danger_pass_and_an_empty_or_stray_one_does_not():
    removes = _migration(migrations.RemoveField("value", "field"))
    said = "Nothing has read it since the version before the last."
    assert dangers(removes, {"RemoveField value.field": said}) == []
    assert dangers(removes, {"RemoveField value.field": "Because."}) != []
    assert dangers(_migration(NEW), {"RemoveField value.field": said}) != []
