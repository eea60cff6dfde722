from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Application",
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
                ("slug", models.CharField(max_length=64)),
                ("purposes", models.JSONField()),
                ("actions", models.JSONField()),
                ("functions", models.JSONField()),
                ("per_minute", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "applications_application",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "slug"), name="applications_application_slug"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "prefix",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("prefix", models.CharField(max_length=16)),
                ("application_id", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("submission", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "applications_key",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "application_id"], name="applications_key_of"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "submission"), name="applications_key_submission"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "application_id",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("application_id", models.UUIDField()),
                ("name", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "applications_reply",
                "indexes": [
                    models.Index(fields=["operator_id", "at"], name="applications_reply_by_age")
                ],
            },
        ),
        isolate("applications_application"),
        isolate("applications_key"),
        isolate("applications_reply"),
    ]
