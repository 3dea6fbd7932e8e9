from django.db import migrations, models

import district.numbers


class Migration(migrations.Migration):
    dependencies = [("spaces", "0019_check_in")]

    operations = [
        migrations.AddField(
            model_name="space",
            name="door_code",
            field=models.CharField(default="", editable=False, max_length=16),
        ),
        # A default that differs from row to row comes from Python alone.
        migrations.AlterField(
            model_name="space",
            name="door_code",
            field=models.CharField(
                default=district.numbers.door_code, editable=False, max_length=16
            ),
        ),
        migrations.AddConstraint(
            model_name="space",
            constraint=models.UniqueConstraint(
                condition=models.Q(("door_code", ""), _negated=True),
                fields=("district", "door_code"),
                name="space_door_code",
            ),
        ),
    ]
