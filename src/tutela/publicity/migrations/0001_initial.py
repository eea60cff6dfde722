from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Listing",
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
                ("record", models.UUIDField()),
                ("purpose", models.CharField(max_length=64)),
                ("point", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "publicity_listing",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["operator_id", "-opened_at"],
                        name="publicity_listing_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "id"), name="publicity_listing_id"
                    )
                ],
            },
        ),
        isolate("publicity_listing"),
    ]
