from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("operator_id", models.UUIDField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "detection_cursor",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("rule", models.CharField(max_length=32)),
                ("severity", models.CharField(max_length=16)),
                ("who_kind", models.CharField(max_length=16)),
                ("who", models.CharField(max_length=64)),
                ("count", models.IntegerField()),
                ("entries", models.JSONField()),
                ("raised_at", models.DateTimeField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=64)),
                ("measure", models.CharField(blank=True, max_length=32)),
                ("incident", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "detection_event",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "rule", "who_kind", "who", "last_at"],
                        name="detection_event_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "rule",
                        "who_kind",
                        "who",
                        "bucket",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("rule", models.CharField(max_length=32)),
                ("who_kind", models.CharField(max_length=16)),
                ("who", models.CharField(max_length=64)),
                ("bucket", models.DateTimeField()),
                ("things", models.JSONField()),
            ],
            options={
                "db_table": "detection_tally",
                "indexes": [
                    models.Index(fields=["operator_id", "bucket"], name="detection_tally_age")
                ],
            },
        ),
        isolate("detection_cursor"),
        isolate("detection_event"),
        isolate("detection_tally"),
    ]
