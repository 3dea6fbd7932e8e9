"""Communities that are named to everybody: the column, and who may read its rows."""

from django.db import migrations, models

from district.tenancy.operations import Publish


class Migration(migrations.Migration):
    dependencies = [("district", "0002_saved_view")]

    operations = [
        migrations.AddField(
            model_name="community",
            name="is_published",
            field=models.BooleanField(default=False, verbose_name="Named to the public"),
        ),
        Publish(model_name="Community", column="is_published"),
    ]
