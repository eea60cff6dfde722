from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Acceptance",
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
                ("document", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "accounts_acceptance",
            },
        ),
        migrations.CreateModel(
            name="Account",
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
                ("record", models.UUIDField()),
                ("point", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("guardian_id", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "db_table": "accounts_account",
                "indexes": [
                    models.Index(
                        condition=models.Q(("guardian_id__isnull", False)),
                        fields=["operator_id", "guardian_id"],
                        name="accounts_account_guarded",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
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
                ("product", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_token",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "digest"), name="accounts_token_digest"
                    )
                ],
            },
        ),
        isolate("accounts_account"),
        isolate("accounts_acceptance"),
        append_only("accounts_acceptance"),
        isolate("accounts_token"),
    ]
