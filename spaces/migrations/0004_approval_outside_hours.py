from django.db import migrations, models

CHOICES = [
    ("never", "Confirmed at once"),
    ("always", "Every booking is approved"),
    ("outside", "Approved outside opening hours only"),
]


class Migration(migrations.Migration):
    dependencies = [("spaces", "0003_booking_seat_count")]

    operations = [
        migrations.AlterField(
            model_name="bookingpolicy",
            name="approval",
            field=models.CharField(
                blank=True, choices=CHOICES, max_length=10, verbose_name="Approval"
            ),
        ),
        migrations.AlterField(
            model_name="bookingrules",
            name="approval",
            field=models.CharField(choices=CHOICES, max_length=10),
        ),
    ]
