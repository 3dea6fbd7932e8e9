from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_district"),
    ]

    operations = [
        migrations.AddField(
            model_name="keptmessage",
            name="html",
            field=models.TextField(blank=True),
        ),
    ]
