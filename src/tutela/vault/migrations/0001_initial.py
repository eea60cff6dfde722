from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Key",
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
                ("wrapper", models.TextField()),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_key",
            },
        ),
        migrations.CreateModel(
            name="Record",
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
                ("point", models.TextField()),
                ("purposes", models.JSONField()),
                ("source", models.TextField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_record",
            },
        ),
        migrations.CreateModel(
            name="Shred",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "slot",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("slot", models.BigIntegerField()),
                ("transaction", models.BigIntegerField()),
            ],
            options={
                "db_table": "vault_shred",
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "field",
                        "digest",
                        "subject_id",
                        "record_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("field", models.TextField()),
                ("digest", models.BinaryField()),
                ("subject_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_identifier",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "subject_id", "record_id"],
                        name="vault_identifier_of_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Value",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        "record_id",
                        "field",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("field", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("slot", models.BigIntegerField()),
                ("sealed", models.BinaryField()),
                ("source", models.TextField()),
                ("status", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "vault_value",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("operator_id", "subject_id", "record_id", "field"),
                        name="vault_value_one_current",
                    ),
                    models.UniqueConstraint(
                        fields=("operator_id", "slot"), name="vault_value_own_slot"
                    ),
                ],
            },
        ),
        isolate("vault_key"),
        isolate("vault_record"),
        isolate("vault_value"),
        isolate("vault_identifier"),
        isolate("vault_shred"),
    ]
