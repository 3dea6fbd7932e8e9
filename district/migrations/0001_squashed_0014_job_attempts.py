import district.models.district
import district.models.uscc
import district.rules
import district.tenancy.models
import district.tenancy.operations
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("district", "0001_initial"),
        ("district", "0002_saved_view"),
        ("district", "0003_community_published"),
        ("district", "0004_organization_names"),
        ("district", "0005_certification_end"),
        ("district", "0006_district_contact"),
        ("district", "0007_activity_audit_indexes"),
        ("district", "0008_ledger_check"),
        ("district", "0009_search_entry"),
        ("district", "0010_job_problems"),
        ("district", "0011_deliveries"),
        ("district", "0012_notice_audience"),
        ("district", "0013_word_indexes"),
        ("district", "0014_job_attempts"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        district.tenancy.operations.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="ApiClient",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="api_clients",
                                to="district.organization",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="Activity",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("verb", models.CharField(max_length=60)),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.UUIDField()),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        (
                            "counterpart",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        (
                            "membership",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.membership",
                            ),
                        ),
                        (
                            "client",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.apiclient",
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("data", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "subject_type", "subject_id", "at"],
                                name="activity_subject",
                            ),
                            models.Index(
                                fields=["district", "organization", "at"],
                                name="activity_organization",
                            ),
                            models.Index(fields=["district", "verb", "at"], name="activity_verb"),
                            models.Index(
                                fields=["district", "created_at"], name="activity_created"
                            ),
                            models.Index(fields=["district", "at", "id"], name="activity_at"),
                            models.Index(
                                fields=["district", "membership", "at"], name="activity_membership"
                            ),
                            models.Index(
                                fields=["district", "subject_id", "at"], name="activity_subject_id"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="District",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "slug",
                            models.SlugField(
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator("^[a-z][a-z0-9-]*$"),
                                    district.models.district.validate_slug_not_reserved,
                                ],
                            ),
                        ),
                        (
                            "name_zh",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="Chinese name"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="English name"
                            ),
                        ),
                        (
                            "summary_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "summary_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        (
                            "time_zone",
                            models.CharField(
                                default="Asia/Shanghai",
                                max_length=64,
                                validators=[district.models.district.validate_time_zone],
                                verbose_name="Time zone",
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(
                                default="CNY",
                                max_length=3,
                                validators=[district.models.district.validate_currency],
                                verbose_name="Currency",
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
                        (
                            "modules",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=district.models.district.every_module,
                                size=None,
                            ),
                        ),
                        (
                            "contact_email",
                            models.EmailField(
                                blank=True, max_length=254, verbose_name="Contact e-mail"
                            ),
                        ),
                        (
                            "contact_phone",
                            models.CharField(
                                blank=True, max_length=40, verbose_name="Contact telephone"
                            ),
                        ),
                        ("longitude", models.FloatField(blank=True, null=True)),
                        ("latitude", models.FloatField(blank=True, null=True)),
                        ("boundary", models.JSONField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="district_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Community",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("code", models.CharField(max_length=40, verbose_name="Code")),
                        (
                            "name_zh",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="Chinese name"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="English name"
                            ),
                        ),
                        (
                            "summary_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "summary_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        ("boundary", models.JSONField(blank=True, null=True)),
                        (
                            "is_published",
                            models.BooleanField(default=False, verbose_name="Named to the public"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "code"),
                                name="community_code",
                                violation_error_message="A community with this code exists already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="community_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "client",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tokens",
                                to="district.apiclient",
                            ),
                        ),
                        ("prefix", models.CharField(max_length=12)),
                        ("secret_hash", models.CharField(max_length=64)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "secret_hash"), name="apitoken_secret"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActivitySeal",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("number", models.BigIntegerField()),
                        (
                            "activity",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seals",
                                to="district.activity",
                            ),
                        ),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "number"), name="activityseal_number"
                            ),
                            models.UniqueConstraint(
                                fields=("district", "activity"), name="activityseal_activity"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="File",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.PositiveBigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("public", "Everybody"),
                                    ("district", "Members of the district"),
                                    ("organization", "The organisation and the operator"),
                                    ("person", "Only the person"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "sha256"], name="file_sha256")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "client",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.apiclient",
                            ),
                        ),
                        ("key", models.CharField(max_length=255)),
                        ("body_hash", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("headers", models.JSONField(default=dict)),
                        ("body", models.JSONField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "created_at"], name="idempotencykey_age"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "client", "key"), name="idempotencykey_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__gte", 200), ("status__lt", 300)),
                                name="idempotencykey_success",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("kind", models.CharField(max_length=60)),
                        (
                            "membership",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="jobs",
                                to="district.membership",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=12,
                            ),
                        ),
                        ("done_count", models.PositiveIntegerField(default=0)),
                        ("total_count", models.PositiveIntegerField(default=0)),
                        ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                        ("cancel_requested", models.BooleanField(default=False)),
                        ("parameters", models.JSONField(blank=True, default=dict)),
                        ("report", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        (
                            "result",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "-id"], name="job_newest"),
                            models.Index(
                                condition=models.Q(("status__in", ("queued", "running"))),
                                fields=["district", "id"],
                                name="job_unfinished",
                            ),
                        ],
                    },
                    bases=(district.rules.Lifecycle, models.Model),
                ),
                migrations.CreateModel(
                    name="JobProblem",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "job",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="problems",
                                to="district.job",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("external_id", models.CharField(blank=True, max_length=160)),
                        ("reason", models.CharField(max_length=1000)),
                        ("values", models.JSONField(default=list)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "job", "number"), name="jobproblem_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerCheck",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("number", models.BigIntegerField(default=0)),
                        ("hash", models.CharField(max_length=64)),
                        ("broken", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "-id"], name="ledgercheck_newest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="district.person",
                            ),
                        ),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="district.organization",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("operator_admin", "Operator administrator"),
                                    ("operator", "Operator staff"),
                                    ("company_admin", "Company administrator"),
                                    ("company_member", "Company member"),
                                    ("partner", "Partner"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=20,
                                verbose_name="Role",
                            ),
                        ),
                        (
                            "community",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.community",
                            ),
                        ),
                        (
                            "title",
                            models.CharField(blank=True, max_length=80, verbose_name="Position"),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("district", "person", "organization"),
                                name="membership_once",
                                violation_error_message="This person already belongs to the organisation.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("community", None), ("role", "operator"), _connector="OR"
                                ),
                                name="membership_area_of_operator",
                                violation_error_message="Only operator staff are limited to an area.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "title_zh",
                            models.CharField(
                                blank=True, max_length=160, verbose_name="Chinese title"
                            ),
                        ),
                        (
                            "title_en",
                            models.CharField(
                                blank=True, max_length=160, verbose_name="English title"
                            ),
                        ),
                        ("body_zh", models.TextField(blank=True, verbose_name="Chinese text")),
                        ("body_en", models.TextField(blank=True, verbose_name="English text")),
                        ("starts_at", models.DateTimeField(verbose_name="Shown from")),
                        ("ends_at", models.DateTimeField(verbose_name="Shown until")),
                        (
                            "communities",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
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
                        (
                            "is_banner",
                            models.BooleanField(
                                default=False, verbose_name="As a banner across the page"
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "ends_at"], name="notice_ends")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("title_en", ""), ("title_zh", ""), _negated=True
                                ),
                                name="notice_title_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="notice_times_in_order",
                                violation_error_message="It must end after it starts.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Organization",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "name_zh",
                            models.CharField(
                                blank=True, max_length=160, verbose_name="Chinese name"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(
                                blank=True, max_length=160, verbose_name="English name"
                            ),
                        ),
                        (
                            "legal_name",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="Registered name"
                            ),
                        ),
                        (
                            "other_names",
                            models.TextField(
                                blank=True,
                                help_text="Former, short and foreign names, one a line; people find it by them.",
                                verbose_name="Other names",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
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
                                default="company",
                                max_length=20,
                                verbose_name="Kind",
                            ),
                        ),
                        (
                            "uscc",
                            models.CharField(
                                blank=True,
                                max_length=18,
                                null=True,
                                validators=[district.models.uscc.validate_uscc],
                                verbose_name="Unified social credit code",
                            ),
                        ),
                        (
                            "industry",
                            models.CharField(
                                choices=[
                                    ("biomedicine", "Biomedicine"),
                                    ("nanotech", "Nanotechnology"),
                                    ("ai", "Artificial intelligence"),
                                    ("semiconductor", "Semiconductors"),
                                    ("new_materials", "New materials"),
                                    ("robotics", "Robotics and smart manufacturing"),
                                    ("new_energy", "New energy"),
                                    ("software", "Software and cloud"),
                                    ("photonics", "Photonics"),
                                    ("culture", "Culture and creative industries"),
                                    ("professional", "Professional services"),
                                    ("education", "Education"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=30,
                                verbose_name="Industry",
                            ),
                        ),
                        (
                            "community",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.community",
                                verbose_name="Community",
                            ),
                        ),
                        (
                            "country",
                            models.CharField(default="CN", max_length=2, verbose_name="Country"),
                        ),
                        ("website", models.URLField(blank=True, verbose_name="Website")),
                        (
                            "summary_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "summary_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        (
                            "founded_on",
                            models.DateField(blank=True, null=True, verbose_name="Founded on"),
                        ),
                        (
                            "employee_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Employees"
                            ),
                        ),
                        ("longitude", models.FloatField(blank=True, null=True)),
                        ("latitude", models.FloatField(blank=True, null=True)),
                        ("external_id", models.CharField(blank=True, max_length=120)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "kind", "id"], name="organization_kind"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["name_zh", "name_en", "legal_name"],
                                name="organization_words",
                                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "uscc"),
                                name="organization_uscc",
                                violation_error_message="An organisation with this code exists already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "external_id"),
                                name="organization_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="organization_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="district.organization",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("operator_admin", "Operator administrator"),
                                    ("operator", "Operator staff"),
                                    ("company_admin", "Company administrator"),
                                    ("company_member", "Company member"),
                                    ("partner", "Partner"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=20,
                                verbose_name="Role",
                            ),
                        ),
                        (
                            "community",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.community",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
                        (
                            "mobile",
                            models.CharField(blank=True, max_length=32, verbose_name="Mobile"),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="E-mail"),
                        ),
                        ("key_hash", models.CharField(max_length=64)),
                        (
                            "invited_by",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.membership",
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "key_hash"), name="invitation_key"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("email", ""), ("mobile", ""), _negated=True),
                                name="invitation_reachable",
                                violation_error_message="Give a mobile number or an e-mail address.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Certification",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certifications",
                                to="district.organization",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("high_tech", "High-tech enterprise"),
                                    ("specialised", "Specialised and innovative SME"),
                                    ("little_giant", "Little giant"),
                                    ("above_scale", "Above designated size"),
                                ],
                                max_length=20,
                                verbose_name="Kind",
                            ),
                        ),
                        (
                            "number",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="Certificate number"
                            ),
                        ),
                        (
                            "issued_on",
                            models.DateField(blank=True, null=True, verbose_name="Issued on"),
                        ),
                        (
                            "expires_on",
                            models.DateField(blank=True, null=True, verbose_name="Expires on"),
                        ),
                        (
                            "file",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        ("reminded_for", models.DateField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "expires_on"], name="certification_expiry"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_on__isnull", True),
                                    ("issued_on__isnull", True),
                                    ("expires_on__gt", models.F("issued_on")),
                                    _connector="OR",
                                ),
                                name="certification_dates_in_order",
                                violation_error_message="It must expire after it was issued.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganizationContact",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="district.organization",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
                        (
                            "title",
                            models.CharField(blank=True, max_length=80, verbose_name="Position"),
                        ),
                        (
                            "mobile",
                            models.CharField(blank=True, max_length=32, verbose_name="Mobile"),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="E-mail"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("email", ""), ("mobile", ""), _negated=True),
                                name="organizationcontact_reachable",
                                violation_error_message="Give a mobile number or an e-mail address.",
                            )
                        ],
                    },
                ),
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="former_names",
                                to="district.organization",
                            ),
                        ),
                        ("name_zh", models.CharField(blank=True, max_length=160)),
                        ("name_en", models.CharField(blank=True, max_length=160)),
                        ("legal_name", models.CharField(blank=True, max_length=200)),
                        ("until", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "organization", "-until"],
                                name="organizationname_until",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
                        (
                            "mobile",
                            models.CharField(blank=True, max_length=32, verbose_name="Mobile"),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="E-mail"),
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
                        (
                            "time_zone",
                            models.CharField(
                                blank=True,
                                max_length=64,
                                validators=[district.models.district.validate_time_zone],
                                verbose_name="Time zone",
                            ),
                        ),
                        (
                            "quiet_from",
                            models.TimeField(blank=True, null=True, verbose_name="Quiet from"),
                        ),
                        (
                            "quiet_until",
                            models.TimeField(blank=True, null=True, verbose_name="Quiet until"),
                        ),
                        (
                            "digest_hour",
                            models.PositiveSmallIntegerField(
                                default=8, verbose_name="Daily mail at"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "email"], name="person_email"),
                            models.Index(fields=["district", "mobile"], name="person_mobile"),
                            models.Index(fields=["district", "name", "id"], name="person_name"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["name", "email", "mobile"],
                                name="person_words",
                                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "user"),
                                name="person_user",
                                violation_error_message="This log-in already belongs to somebody here.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("digest_hour__lte", 23)),
                                name="person_digest_hour",
                                violation_error_message="Choose an hour of the day.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganizationClaim",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="district.organization",
                            ),
                        ),
                        (
                            "legal_name",
                            models.CharField(max_length=200, verbose_name="Registered name"),
                        ),
                        (
                            "uscc",
                            models.CharField(
                                max_length=18,
                                validators=[district.models.uscc.validate_uscc],
                                verbose_name="Unified social credit code",
                            ),
                        ),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="district.person",
                            ),
                        ),
                        (
                            "licence",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        (
                            "authorisation",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("submitted", "Submitted"),
                                    ("approved", "Approved"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="submitted",
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=400)),
                        (
                            "decided_by",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.membership",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "status", "id"], name="organizationclaim_status"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "submitted")),
                                fields=("district", "person", "uscc"),
                                name="organizationclaim_open_once",
                                violation_error_message="Your request for this company is already in review.",
                            )
                        ],
                    },
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="choices",
                                to="district.person",
                            ),
                        ),
                        ("group", models.CharField(max_length=40)),
                        (
                            "email",
                            models.CharField(
                                choices=[
                                    ("now", "At once"),
                                    ("daily", "Once a day"),
                                    ("off", "Never"),
                                ],
                                default="now",
                                max_length=6,
                            ),
                        ),
                        ("sms", models.BooleanField(default=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "person", "group"),
                                name="notificationchoice_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notifications",
                                to="district.person",
                            ),
                        ),
                        (
                            "activity",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notifications",
                                to="district.activity",
                            ),
                        ),
                        (
                            "membership",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.membership",
                            ),
                        ),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "person", "-id"], name="notification_person"
                            ),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["district", "person"],
                                name="notification_unread",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "person", "activity"), name="notification_once"
                            )
                        ],
                    },
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
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
                        (
                            "is_enabled",
                            models.BooleanField(default=True, verbose_name="Switched on"),
                        ),
                        (
                            "recent_sends",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateTimeField(),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("paused_until", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("district", "name"),
                                name="robot_name",
                                violation_error_message="A robot with this name exists already.",
                            )
                        ],
                    },
                ),
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "activity",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="district.activity",
                            ),
                        ),
                        (
                            "notification",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="district.notification",
                            ),
                        ),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="district.person",
                            ),
                        ),
                        (
                            "robot",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="district.robot",
                            ),
                        ),
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
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["queued", "sending"])),
                                fields=["district", "due_at"],
                                name="delivery_due",
                            ),
                            models.Index(fields=["district", "-id"], name="delivery_newest"),
                            models.Index(
                                fields=["district", "status", "-id"], name="delivery_status"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "notification", "channel"), name="delivery_once"
                            ),
                            models.UniqueConstraint(
                                fields=("district", "activity", "robot"), name="delivery_robot_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("channel", "robot"),
                                        ("person", None),
                                        ("robot__isnull", False),
                                    ),
                                    models.Q(
                                        ("channel__in", ["email", "sms"]),
                                        ("person__isnull", False),
                                        ("robot", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="delivery_one_receiver",
                            ),
                        ],
                    },
                    bases=(district.rules.Lifecycle, models.Model),
                ),
                migrations.CreateModel(
                    name="SavedView",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to="district.person",
                            ),
                        ),
                        ("listing", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=40, verbose_name="Name")),
                        ("query", models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "person", "listing", "name"),
                                name="savedview_name",
                                violation_error_message="You have a view of this name already.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchEntry",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("kind", models.CharField(max_length=40)),
                        ("subject_id", models.UUIDField()),
                        ("title_zh", models.CharField(blank=True, max_length=200)),
                        ("title_en", models.CharField(blank=True, max_length=200)),
                        ("note_zh", models.CharField(blank=True, max_length=200)),
                        ("note_en", models.CharField(blank=True, max_length=200)),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        ("is_shared", models.BooleanField(default=False)),
                        ("vector", django.contrib.postgres.search.SearchVectorField()),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["vector"], name="searchentry_vector"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "kind", "subject_id"),
                                name="searchentry_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cursor",
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
                        (
                            "district",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.district",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("revision", models.PositiveIntegerField(default=0, editable=False)),
                        ("reader", models.CharField(max_length=60)),
                        ("number", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "reader"), name="cursor_reader"
                            )
                        ],
                    },
                ),
            ],
        ),
        district.tenancy.operations.Isolate(
            model_name="ApiClient",
        ),
        district.tenancy.operations.Isolate(
            model_name="Activity",
            append_only=True,
        ),
        district.tenancy.operations.Isolate(
            model_name="Community",
            published="is_published",
        ),
        district.tenancy.operations.Isolate(
            model_name="ApiToken",
        ),
        district.tenancy.operations.Isolate(
            model_name="ActivitySeal",
            append_only=True,
        ),
        district.tenancy.operations.Isolate(
            model_name="File",
        ),
        district.tenancy.operations.Isolate(
            model_name="IdempotencyKey",
        ),
        district.tenancy.operations.Isolate(
            model_name="Job",
        ),
        district.tenancy.operations.Isolate(
            model_name="JobProblem",
        ),
        district.tenancy.operations.Isolate(
            model_name="LedgerCheck",
            append_only=True,
        ),
        district.tenancy.operations.Isolate(
            model_name="Membership",
        ),
        district.tenancy.operations.Isolate(
            model_name="Notice",
        ),
        district.tenancy.operations.Isolate(
            model_name="Organization",
        ),
        district.tenancy.operations.Isolate(
            model_name="Invitation",
        ),
        district.tenancy.operations.Isolate(
            model_name="Certification",
        ),
        district.tenancy.operations.Isolate(
            model_name="OrganizationContact",
        ),
        district.tenancy.operations.Isolate(
            model_name="OrganizationName",
        ),
        district.tenancy.operations.Isolate(
            model_name="Person",
        ),
        district.tenancy.operations.Isolate(
            model_name="OrganizationClaim",
        ),
        district.tenancy.operations.Isolate(
            model_name="NotificationChoice",
        ),
        district.tenancy.operations.Isolate(
            model_name="Notification",
        ),
        district.tenancy.operations.Isolate(
            model_name="NoticeDismissal",
        ),
        district.tenancy.operations.Isolate(
            model_name="Robot",
        ),
        district.tenancy.operations.Isolate(
            model_name="Delivery",
        ),
        district.tenancy.operations.Isolate(
            model_name="SavedView",
        ),
        district.tenancy.operations.Isolate(
            model_name="SearchEntry",
        ),
        district.tenancy.operations.Isolate(
            model_name="Cursor",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Activity",
            name="client",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="ApiToken",
            name="client",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="ActivitySeal",
            name="activity",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="IdempotencyKey",
            name="client",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Job",
            name="result",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Job",
            name="source",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="JobProblem",
            name="job",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Membership",
            name="community",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="job",
            name="membership",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="activity",
            name="membership",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Organization",
            name="community",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="membership",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Invitation",
            name="community",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Invitation",
            name="invited_by",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Invitation",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="file",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Certification",
            name="file",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Certification",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="apiclient",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="activity",
            name="counterpart",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="activity",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationContact",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationName",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationClaim",
            name="authorisation",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationClaim",
            name="decided_by",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationClaim",
            name="licence",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationClaim",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="OrganizationClaim",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="NotificationChoice",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Notification",
            name="activity",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Notification",
            name="membership",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Notification",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="NoticeDismissal",
            name="notice",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="NoticeDismissal",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="membership",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="file",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Delivery",
            name="activity",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Delivery",
            name="notification",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Delivery",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Delivery",
            name="robot",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="SavedView",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="SearchEntry",
            name="organization",
        ),
    ]
