"""When an operator that is wound up ceased to take data in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0004_postings")]

    operations = [
        migrations.AddField("operator", "closed_at", models.DateTimeField(null=True)),
    ]
