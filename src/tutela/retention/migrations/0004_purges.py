"""Purges that staff ask for."""

from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_scrub")]

    operations = [
        migrations.CreateModel(
            name="Purge",
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
                ("reason", models.CharField(max_length=32)),
                ("people", models.IntegerField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=64)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("agreed_by", models.CharField(db_default="", default="", max_length=64)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("left", models.IntegerField(db_default=0, default=0)),
            ],
            options={"db_table": "retention_purge"},
        ),
        isolate("retention_purge"),
    ]
