"""What organisations were called before, and their other names."""

import district.tenancy.models
import district.tenancy.operations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0003_community_published")]

    operations = [
        migrations.CreateModel(
            name="OrganizationName",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=district.tenancy.models.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("name_zh", models.CharField(blank=True, max_length=160)),
                ("name_en", models.CharField(blank=True, max_length=160)),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="organization",
            name="other_names",
            field=models.TextField(
                blank=True,
                help_text="Former, short and foreign names, one a line; people find it by them.",
                verbose_name="Other names",
            ),
        ),
        migrations.AddField(
            model_name="organizationname",
            name="district",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.district",
            ),
        ),
        migrations.AddField(
            model_name="organizationname",
            name="organization",
            field=district.tenancy.models.DistrictForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_names",
                to="district.organization",
            ),
        ),
        migrations.AddIndex(
            model_name="organizationname",
            index=models.Index(
                fields=["district", "organization", "-until"], name="organizationname_until"
            ),
        ),
        district.tenancy.operations.Isolate(
            model_name="OrganizationName",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="organizationname",
            name="organization",
        ),
    ]
