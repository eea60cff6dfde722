from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("requests", "0008_announcement")]

    operations = [
        migrations.CreateModel(
            name="OfficialRequest",
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
                ("signed_by", models.SlugField(max_length=32)),
                ("ground", models.CharField(max_length=80)),
                ("checked", models.JSONField(default=list)),
                ("asked", models.JSONField(default=list)),
                ("granted", models.JSONField(default=list)),
                ("untold_by", models.CharField(default="", max_length=80)),
                ("notice", models.UUIDField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("given_at", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "requests_official",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "id"), name="requests_official_once"
                    )
                ],
            },
        ),
        isolate("requests_official"),
    ]
