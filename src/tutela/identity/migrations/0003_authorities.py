from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_attempts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authority",
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
                ("subject_id", models.UUIDField(null=True)),
                ("holder_id", models.UUIDField()),
                ("relation", models.CharField(max_length=16)),
                ("rights", models.JSONField()),
                ("evidence", models.CharField(max_length=32)),
                ("document", models.UUIDField(null=True)),
                ("state", models.CharField(max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "db_table": "identity_authority",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "subject_id"], name="identity_authority_over"
                    ),
                    models.Index(fields=["operator_id", "holder_id"], name="identity_authority_of"),
                    models.Index(fields=["operator_id", "state"], name="identity_authority_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minor",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("noticed_at", models.DateTimeField()),
                ("look_at", models.DateTimeField()),
            ],
            options={
                "db_table": "identity_minor",
                "indexes": [
                    models.Index(fields=["operator_id", "look_at"], name="identity_minor_look")
                ],
            },
        ),
        isolate("identity_authority"),
        isolate("identity_minor"),
    ]
