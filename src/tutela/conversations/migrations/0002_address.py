from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Address",
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
                ("handle", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "conversations_address",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "handle"), name="conversations_address_once"
                    )
                ],
            },
        ),
        isolate("conversations_address"),
    ]
