from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0003_files_provenance_pseudonyms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("operator_id", models.UUIDField(primary_key=True, serialize=False)),
                ("after", models.UUIDField()),
                ("began_at", models.DateTimeField()),
                ("people", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_people", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_round",
            },
        ),
        migrations.AddField(
            model_name="record",
            name="mark",
            field=models.BinaryField(null=True),
        ),
        migrations.CreateModel(
            name="Damage",
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
                ("kind", models.TextField()),
                ("record_id", models.UUIDField(null=True)),
                ("field", models.TextField(default="")),
                ("version", models.PositiveIntegerField(default=0)),
                ("found_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_how", models.TextField(default="")),
            ],
            options={
                "db_table": "vault_damage",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["operator_id", "subject_id"],
                        name="vault_damage_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ending",
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
                ("kind", models.TextField()),
                ("content", models.JSONField()),
                ("at", models.DateTimeField()),
                ("transaction", models.BigIntegerField()),
                ("number", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "vault_ending",
                "indexes": [
                    models.Index(
                        condition=models.Q(("number", None)),
                        fields=["operator_id"],
                        name="vault_ending_unwritten",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "number"), name="vault_ending_number"
                    )
                ],
            },
        ),
        isolate("vault_ending"),
        isolate("vault_damage"),
        isolate("vault_round"),
    ]
