from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_authorities"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandoverKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "kid",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("kid", models.CharField(max_length=128)),
                ("issuer", models.CharField(max_length=255)),
                ("public_key", models.TextField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "identity_handover_key",
            },
        ),
        migrations.CreateModel(
            name="HandoverToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "digest",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "identity_handover_token",
            },
        ),
        migrations.AddField(
            model_name="session",
            name="proof",
            field=models.CharField(db_default="mail-link", max_length=16),
        ),
        migrations.CreateModel(
            name="Reference",
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
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "identity_reference",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "digest"), name="identity_reference_once"
                    )
                ],
            },
        ),
        isolate("identity_handover_key"),
        isolate("identity_handover_token"),
        isolate("identity_reference"),
    ]
