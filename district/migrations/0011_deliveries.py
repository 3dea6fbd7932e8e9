"""What leaves the product: deliveries, the robots they go to, how each person wants to be told."""

import district.rules
import district.tenancy.models
import district.tenancy.operations
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("district", "0010_job_problems"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
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
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "Text message"),
                            ("robot", "Group robot"),
                        ],
                        max_length=10,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120)),
                ("in_digest", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("suppressed", "Not sent"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error_text", models.CharField(blank=True, max_length=300)),
            ],
            bases=(district.rules.Lifecycle, models.Model),
        ),
        migrations.CreateModel(
            name="NotificationChoice",
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
                ("group", models.CharField(max_length=40)),
                (
                    "email",
                    models.CharField(
                        choices=[("now", "At once"), ("daily", "Once a day"), ("off", "Never")],
                        default="now",
                        max_length=6,
                    ),
                ),
                ("sms", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Robot",
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
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                        ],
                        max_length=10,
                        verbose_name="Platform",
                    ),
                ),
                ("sealed_address", models.TextField()),
                ("sealed_secret", models.TextField(blank=True)),
                ("address_hint", models.CharField(max_length=80)),
                (
                    "verbs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        default="zh-hans",
                        max_length=10,
                        verbose_name="Language",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="Switched on")),
                (
                    "recent_sends",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), blank=True, default=list, size=None
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="person",
            name="digest_hour",
            field=models.PositiveSmallIntegerField(default=8, verbose_name="Daily mail at"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest_hour__lte", 23)),
                name="person_digest_hour",
                violation_error_message="Choose an hour of the day.",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="activity",
            field=district.tenancy.models.DistrictForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="district.activity",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="district",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.district",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="notification",
            field=district.tenancy.models.DistrictForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="district.notification",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="person",
            field=district.tenancy.models.DistrictForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="district.person",
            ),
        ),
        migrations.AddField(
            model_name="notificationchoice",
            name="district",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.district",
            ),
        ),
        migrations.AddField(
            model_name="notificationchoice",
            name="person",
            field=district.tenancy.models.DistrictForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="choices",
                to="district.person",
            ),
        ),
        migrations.AddField(
            model_name="robot",
            name="district",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.district",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="robot",
            field=district.tenancy.models.DistrictForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="district.robot",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.UniqueConstraint(
                fields=("district", "person", "group"), name="notificationchoice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="robot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("district", "name"),
                name="robot_name",
                violation_error_message="A robot with this name exists already.",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "sending"])),
                fields=["district", "due_at"],
                name="delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["district", "-id"], name="delivery_newest"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["district", "status", "-id"], name="delivery_status"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("district", "notification", "channel"), name="delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("district", "activity", "robot"), name="delivery_robot_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "robot"), ("person", None), ("robot__isnull", False)),
                    models.Q(
                        ("channel__in", ["email", "sms"]),
                        ("person__isnull", False),
                        ("robot", None),
                    ),
                    _connector="OR",
                ),
                name="delivery_one_receiver",
            ),
        ),
        district.tenancy.operations.Isolate(
            model_name="Delivery",
        ),
        district.tenancy.operations.Isolate(
            model_name="NotificationChoice",
        ),
        district.tenancy.operations.Isolate(
            model_name="Robot",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="delivery",
            name="activity",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="delivery",
            name="notification",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="delivery",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="notificationchoice",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="delivery",
            name="robot",
        ),
    ]
