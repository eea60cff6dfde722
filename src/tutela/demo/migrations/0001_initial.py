from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="ClockOffset",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("offset", models.DurationField()),
            ],
            options={
                "db_table": "demo_clock",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="demo_clock_has_one_row"
                    )
                ],
            },
        ),
    ]
