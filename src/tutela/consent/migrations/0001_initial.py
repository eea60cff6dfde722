from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Refusal",
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
                ("point", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("policy_version", models.IntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "consent_refusal",
            },
        ),
        migrations.CreateModel(
            name="Text",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("sha256", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("purpose", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("policy_version", models.IntegerField()),
                ("first_shown_at", models.DateTimeField()),
            ],
            options={
                "db_table": "consent_text",
            },
        ),
        migrations.CreateModel(
            name="WithdrawalRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("purposes", models.JSONField()),
                ("at", models.DateTimeField()),
                ("channel", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=32)),
                ("remaining", models.JSONField()),
                ("policy_version", models.IntegerField()),
            ],
            options={
                "db_table": "consent_withdrawal",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("kind", models.CharField(max_length=16)),
                ("purpose", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("mode", models.CharField(max_length=32)),
                ("act", models.CharField(max_length=64)),
                ("point", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("text_hash", models.CharField(max_length=64)),
                ("policy_version", models.IntegerField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("record", models.UUIDField(null=True)),
                ("cause", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "consent_event",
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("kind", "given")),
                        fields=["operator_id", "expires_at"],
                        name="consent_event_expiring",
                    )
                ],
            },
        ),
        isolate("consent_text"),
        append_only("consent_text"),
        isolate("consent_event"),
        append_only("consent_event"),
        isolate("consent_withdrawal"),
        append_only("consent_withdrawal"),
        isolate("consent_refusal"),
        append_only("consent_refusal"),
    ]
