"""Every filter of the audit page finds its rows by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0006_district_contact")]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["district", "at", "id"], name="activity_at"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["district", "membership", "at"], name="activity_membership"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["district", "subject_id", "at"], name="activity_subject_id"),
        ),
    ]
