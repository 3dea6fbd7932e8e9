"""Certifications can be ended; a reminder is sent once for each expiry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0004_organization_names")]

    operations = [
        migrations.AddField(
            model_name="certification",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="certification",
            name="reminded_for",
            field=models.DateField(blank=True, null=True),
        ),
    ]
