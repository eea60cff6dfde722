"""The sealed file of a sale has an end, which is proven."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]

    operations = [
        migrations.AddField("run", "file_days", models.IntegerField(db_default=30, default=30)),
        migrations.AddField(
            "run", "receipt", models.CharField(db_default="", default="", max_length=40)
        ),
        migrations.AddField("run", "file_gone_at", models.DateTimeField(null=True)),
        migrations.AddField("run", "file_envelope", models.JSONField(null=True)),
    ]
