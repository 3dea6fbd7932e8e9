"""A district has a contact and starts with every module; its texts have labels."""

import district.models.district
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0005_certification_end")]

    operations = [
        migrations.AddField(
            model_name="district",
            name="contact_email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="Contact e-mail"),
        ),
        migrations.AddField(
            model_name="district",
            name="contact_phone",
            field=models.CharField(blank=True, max_length=40, verbose_name="Contact telephone"),
        ),
        migrations.AlterField(
            model_name="community",
            name="code",
            field=models.CharField(max_length=40, verbose_name="Code"),
        ),
        migrations.AlterField(
            model_name="community",
            name="name_en",
            field=models.CharField(blank=True, max_length=120, verbose_name="English name"),
        ),
        migrations.AlterField(
            model_name="community",
            name="name_zh",
            field=models.CharField(blank=True, max_length=120, verbose_name="Chinese name"),
        ),
        migrations.AlterField(
            model_name="community",
            name="summary_en",
            field=models.TextField(blank=True, verbose_name="English description"),
        ),
        migrations.AlterField(
            model_name="community",
            name="summary_zh",
            field=models.TextField(blank=True, verbose_name="Chinese description"),
        ),
        migrations.AlterField(
            model_name="district",
            name="currency",
            field=models.CharField(
                default="CNY",
                max_length=3,
                validators=[district.models.district.validate_currency],
                verbose_name="Currency",
            ),
        ),
        migrations.AlterField(
            model_name="district",
            name="language",
            field=models.CharField(
                choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                default="zh-hans",
                max_length=10,
                verbose_name="Language",
            ),
        ),
        migrations.AlterField(
            model_name="district",
            name="modules",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=district.models.district.every_module,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="district",
            name="name_en",
            field=models.CharField(blank=True, max_length=120, verbose_name="English name"),
        ),
        migrations.AlterField(
            model_name="district",
            name="name_zh",
            field=models.CharField(blank=True, max_length=120, verbose_name="Chinese name"),
        ),
        migrations.AlterField(
            model_name="district",
            name="summary_en",
            field=models.TextField(blank=True, verbose_name="English description"),
        ),
        migrations.AlterField(
            model_name="district",
            name="summary_zh",
            field=models.TextField(blank=True, verbose_name="Chinese description"),
        ),
        migrations.AlterField(
            model_name="district",
            name="time_zone",
            field=models.CharField(
                default="Asia/Shanghai",
                max_length=64,
                validators=[district.models.district.validate_time_zone],
                verbose_name="Time zone",
            ),
        ),
    ]
