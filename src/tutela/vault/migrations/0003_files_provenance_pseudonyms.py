from django.db import migrations, models

from tutela.db.rls import isolate


def key(*fields):
    return models.CompositePrimaryKey(
        *fields, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_register_of_keys")]

    operations = [
        migrations.AddField("value", "confirmed_at", models.DateTimeField(null=True)),
        migrations.AddField("value", "confirmed_by", models.TextField(default="", db_default="")),
        migrations.AddField("value", "confirmed_how", models.TextField(default="", db_default="")),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("pk", key("operator_id", "subject_id", "record_id", "field", "version", "number")),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("field", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={"db_table": "vault_chunk"},
        ),
        migrations.CreateModel(
            name="Pseudonym",
            fields=[
                ("pk", key("operator_id", "subject_id", "scope", "generation")),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("scope", models.TextField()),
                ("generation", models.PositiveIntegerField()),
                ("salt", models.BinaryField()),
                ("back", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_pseudonym",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "back"), name="vault_pseudonym_back"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PseudonymScope",
            fields=[
                ("pk", key("operator_id", "scope", "generation")),
                ("operator_id", models.UUIDField()),
                ("scope", models.TextField()),
                ("generation", models.PositiveIntegerField()),
                ("key", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("key_destroyed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "vault_pseudonym_scope"},
        ),
        # what is sealed cannot be packed, so no time is spent on trying
        migrations.RunSQL(
            "ALTER TABLE vault_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL",
            "ALTER TABLE vault_chunk ALTER COLUMN sealed SET STORAGE EXTENDED",
        ),
        isolate("vault_chunk"),
        isolate("vault_pseudonym"),
        isolate("vault_pseudonym_scope"),
    ]
