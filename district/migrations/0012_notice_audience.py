"""Whom a notice is for, and who has put it away."""

import district.tenancy.models
import district.tenancy.operations
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("district", "0011_deliveries"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="communities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="is_banner",
            field=models.BooleanField(default=False, verbose_name="As a banner across the page"),
        ),
        migrations.AddField(
            model_name="notice",
            name="kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("operator", "Operator"),
                        ("company", "Company"),
                        ("university", "University"),
                        ("research", "Research institute"),
                        ("investor", "Investor"),
                        ("service", "Service firm"),
                        ("government", "Public body"),
                        ("park", "Partner park"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="community",
            field=district.tenancy.models.DistrictForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.community",
                verbose_name="Community",
            ),
        ),
        migrations.CreateModel(
            name="NoticeDismissal",
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
                (
                    "district",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="district.district",
                    ),
                ),
                (
                    "notice",
                    district.tenancy.models.DistrictForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dismissals",
                        to="district.notice",
                    ),
                ),
                (
                    "person",
                    district.tenancy.models.DistrictForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="district.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district", "notice", "person"), name="noticedismissal_once"
                    )
                ],
            },
        ),
        district.tenancy.operations.Isolate(
            model_name="NoticeDismissal",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="organization",
            name="community",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="NoticeDismissal",
            name="notice",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="NoticeDismissal",
            name="person",
        ),
    ]
