from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("requests", "0007_machine_decisions")]

    operations = [
        migrations.CreateModel(
            name="Announcement",
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
                ("number", models.PositiveIntegerField()),
                ("kind", models.SlugField(max_length=64)),
                ("after", models.UUIDField(null=True)),
                ("told", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "requests_announcement",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "number", "kind"),
                        name="requests_announcement_once",
                    )
                ],
            },
        ),
        isolate("requests_announcement"),
    ]
