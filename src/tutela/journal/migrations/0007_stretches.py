from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_fewer_indexes")]

    operations = [
        migrations.CreateModel(
            name="Stretch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "clause",
                        "stretch",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("clause", models.TextField()),
                ("stretch", models.BigIntegerField()),
            ],
            options={"db_table": "journal_stretch"},
        ),
        isolate("journal_stretch"),
        migrations.AddField(
            model_name="tallied",
            name="stretched",
            field=models.BigIntegerField(db_default=0),
        ),
    ]
