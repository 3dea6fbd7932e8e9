from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spaces", "0010_space_orders"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["district", "-starts_at", "-id", "ends_at"], name="booking_times"
            ),
        ),
        migrations.RemoveIndex(model_name="booking", name="booking_newest"),
    ]
