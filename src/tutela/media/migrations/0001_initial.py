from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Check",
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
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("found", models.JSONField()),
                ("missing", models.JSONField()),
            ],
            options={
                "db_table": "media_check",
                "indexes": [models.Index(fields=["operator_id", "at"], name="media_check_at")],
            },
        ),
        migrations.CreateModel(
            name="Medium",
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
                ("number", models.IntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("store", models.CharField(max_length=64)),
                ("spot", models.CharField(blank=True, max_length=80)),
                ("added_at", models.DateTimeField()),
                ("holder", models.CharField(blank=True, max_length=32)),
                ("issued_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("missing_since", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("way", models.CharField(blank=True, max_length=16)),
                ("envelope", models.JSONField(null=True)),
            ],
            options={
                "db_table": "media_medium",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "number"), name="media_medium_number"
                    )
                ],
            },
        ),
        isolate("media_medium"),
        isolate("media_check"),
    ]
