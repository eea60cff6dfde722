from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("obligations", "0001_initial")]

    operations = [
        migrations.AddField("obligation", "pauses", models.JSONField(db_default=[], default=list)),
        migrations.AddField("obligation", "paused_until", models.DateTimeField(null=True)),
    ]
