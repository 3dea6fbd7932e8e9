import district.rules
import district.tenancy.models
import district.tenancy.operations
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("spaces", "0001_initial"),
        ("spaces", "0002_occupancy_leaf_key"),
        ("spaces", "0003_booking_seat_count"),
        ("spaces", "0004_approval_outside_hours"),
        ("spaces", "0005_word_indexes"),
        ("spaces", "0006_ground"),
        ("spaces", "0007_photo"),
        ("spaces", "0008_booking_external_id"),
        ("spaces", "0009_platform_health"),
        ("spaces", "0010_space_orders"),
    ]

    initial = True

    dependencies = [
        ("district", "0014_job_attempts"),
    ]

    operations = [
        district.tenancy.operations.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="ArtWork",
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
                            "artist",
                            models.CharField(blank=True, max_length=160, verbose_name="Artist"),
                        ),
                        (
                            "year",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Year"
                            ),
                        ),
                        ("story_zh", models.TextField(blank=True, verbose_name="Chinese story")),
                        ("story_en", models.TextField(blank=True, verbose_name="English story")),
                        ("longitude", models.FloatField(verbose_name="Longitude")),
                        ("latitude", models.FloatField(verbose_name="Latitude")),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="artwork_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("latitude__range", (-90, 90)),
                                    ("longitude__range", (-180, 180)),
                                ),
                                name="artwork_on_earth",
                                violation_error_message="Longitude or latitude is out of range.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Booking",
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
                        ("number", models.CharField(max_length=20)),
                        (
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="spaces.space",
                            ),
                        ),
                        (
                            "organization",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="district.organization",
                            ),
                        ),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="district.person",
                            ),
                        ),
                        (
                            "title",
                            models.CharField(blank=True, max_length=160, verbose_name="Title"),
                        ),
                        (
                            "note",
                            models.TextField(blank=True, verbose_name="Note for the operator"),
                        ),
                        (
                            "attendee_count",
                            models.PositiveIntegerField(default=1, verbose_name="People"),
                        ),
                        (
                            "seat_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Seats"
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="Starts")),
                        ("ends_at", models.DateTimeField(verbose_name="Ends")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("requested", "Requested"),
                                    ("confirmed", "Confirmed"),
                                    ("declined", "Declined"),
                                    ("cancelled", "Cancelled"),
                                    ("checked_in", "In use"),
                                    ("completed", "Completed"),
                                    ("no_show", "No-show"),
                                ],
                                default="requested",
                                max_length=12,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("portal", "Portal"),
                                    ("staff", "Staff"),
                                    ("api", "API"),
                                    ("import", "Import"),
                                ],
                                default="portal",
                                max_length=10,
                            ),
                        ),
                        (
                            "rules",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="spaces.bookingrules",
                            ),
                        ),
                        (
                            "price_amount",
                            models.DecimalField(decimal_places=2, default=0, max_digits=14),
                        ),
                        ("currency", models.CharField(max_length=3)),
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
                        ("reason", models.CharField(blank=True, max_length=400)),
                        ("external_id", models.CharField(blank=True, max_length=160)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "organization", "-starts_at", "-id"],
                                name="booking_company",
                            ),
                            models.Index(
                                fields=["district", "person", "-starts_at", "-id"],
                                name="booking_person",
                            ),
                            models.Index(
                                fields=["district", "status", "starts_at", "id"],
                                name="booking_status",
                            ),
                            models.Index(
                                fields=["district", "-starts_at", "-id"], name="booking_newest"
                            ),
                            models.Index(
                                fields=["district", "space", "starts_at"], name="booking_space"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["title"], name="booking_words", opclasses=["gin_trgm_ops"]
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "number"), name="booking_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "source", "organization", "external_id"),
                                name="booking_external_id",
                                nulls_distinct=False,
                                violation_error_message="You have a booking with this id of your own already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="booking_times_in_order",
                                violation_error_message="It must end after it starts.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attendee_count__gte", 1)),
                                name="booking_people",
                                violation_error_message="At least one person must come.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("seat_count", None), ("seat_count__gte", 1), _connector="OR"
                                ),
                                name="booking_seats",
                                violation_error_message="At least one seat must be booked.",
                            ),
                        ],
                    },
                    bases=(district.rules.Lifecycle, models.Model),
                ),
                migrations.CreateModel(
                    name="BookingParty",
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
                            "booking",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parties",
                                to="spaces.booking",
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
                        ("label", models.CharField(max_length=160)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "booking", "label", "starts_at"),
                                name="bookingparty_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BookingRules",
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
                        ("digest", models.CharField(max_length=64)),
                        ("opening", models.JSONField()),
                        ("closures", models.JSONField(default=list)),
                        ("window_days", models.PositiveSmallIntegerField()),
                        ("notice_minutes", models.PositiveIntegerField()),
                        ("min_minutes", models.PositiveIntegerField()),
                        ("max_minutes", models.PositiveIntegerField()),
                        ("grid_minutes", models.PositiveSmallIntegerField()),
                        ("setup_minutes", models.PositiveSmallIntegerField()),
                        ("cleanup_minutes", models.PositiveSmallIntegerField()),
                        (
                            "audience",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("companies", "Tenant companies"),
                                        ("partners", "Partners"),
                                        ("operator", "Operator only"),
                                    ],
                                    max_length=12,
                                ),
                                size=None,
                            ),
                        ),
                        (
                            "approval",
                            models.CharField(
                                choices=[
                                    ("never", "Confirmed at once"),
                                    ("always", "Every booking is approved"),
                                    ("outside", "Approved outside opening hours only"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("approval_above_people", models.PositiveIntegerField(null=True)),
                        ("holds_when_requested", models.BooleanField()),
                        ("quota_minutes_per_month", models.PositiveIntegerField(null=True)),
                        ("hourly_price", models.DecimalField(decimal_places=2, max_digits=14)),
                        (
                            "cancellation",
                            models.CharField(
                                choices=[
                                    ("free", "Any time before it starts"),
                                    ("notice", "Only with notice"),
                                    ("never", "Only by the operator"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("cancellation_notice_minutes", models.PositiveIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "digest"), name="bookingrules_digest"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("grid_minutes__gte", 5)),
                                name="bookingrules_grid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_minutes__gte", models.F("min_minutes")),
                                    ("min_minutes__gt", 0),
                                ),
                                name="bookingrules_duration",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Building",
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
                            "community",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="buildings",
                                to="district.community",
                            ),
                        ),
                        (
                            "part_of",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="spaces.building",
                            ),
                        ),
                        ("code", models.CharField(max_length=60, verbose_name="Code")),
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
                            "address_zh",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="Chinese address"
                            ),
                        ),
                        (
                            "address_en",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="English address"
                            ),
                        ),
                        (
                            "function",
                            models.CharField(
                                choices=[
                                    ("research", "Research"),
                                    ("venture", "Venture"),
                                    ("technology", "Technology"),
                                    ("education", "Education"),
                                    ("trade", "Trade"),
                                    ("residence", "Residence"),
                                    ("life_service", "Life services"),
                                    ("culture", "Culture"),
                                    ("public_realm", "Public realm"),
                                    ("meeting", "Meeting"),
                                    ("equipment", "Equipment"),
                                    ("digital", "Digital"),
                                ],
                                default="technology",
                                max_length=20,
                                verbose_name="Function",
                            ),
                        ),
                        (
                            "realms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("physical", "Physical"),
                                        ("virtual", "Virtual"),
                                        ("cultural", "Cultural"),
                                    ],
                                    max_length=10,
                                ),
                                default=list,
                                size=None,
                                verbose_name="Realms",
                            ),
                        ),
                        (
                            "geometry",
                            models.JSONField(
                                blank=True, null=True, verbose_name="Outline (GeoJSON)"
                            ),
                        ),
                        (
                            "longitude",
                            models.FloatField(blank=True, null=True, verbose_name="Longitude"),
                        ),
                        (
                            "latitude",
                            models.FloatField(blank=True, null=True, verbose_name="Latitude"),
                        ),
                        (
                            "gross_area_m2",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="Gross area (m²)",
                            ),
                        ),
                        (
                            "built_year",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Built in"
                            ),
                        ),
                        ("external_id", models.CharField(blank=True, max_length=120)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["name_zh", "name_en", "code"],
                                name="building_words",
                                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "code"),
                                name="building_code",
                                violation_error_message="A building with this code exists already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "external_id"),
                                name="building_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="building_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Floor",
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
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="floors",
                                to="spaces.building",
                            ),
                        ),
                        ("level", models.SmallIntegerField(verbose_name="Level")),
                        ("name_zh", models.CharField(blank=True, max_length=60)),
                        ("name_en", models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "building", "level"),
                                name="floor_level",
                                violation_error_message="The building already has this floor.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Ground",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("water", "Water"),
                                    ("park", "Green"),
                                    ("pond", "Pond"),
                                    ("wood", "Trees"),
                                    ("ctx", "Neighbouring building"),
                                    ("canal", "Canal"),
                                    ("path", "Path"),
                                    ("minor", "Street"),
                                    ("major", "Main road"),
                                ],
                                max_length=10,
                                verbose_name="Kind",
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
                        ("geometry", models.JSONField(verbose_name="Shape (GeoJSON)")),
                        ("external_id", models.CharField(blank=True, max_length=120)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "external_id"),
                                name="ground_external_id",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Place",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("book_bar", "Book bar"),
                                    ("art_centre", "Art centre"),
                                    ("museum", "Museum"),
                                    ("pocket_park", "Pocket park"),
                                    ("lingering", "Lingering place"),
                                    ("cafe", "Café"),
                                    ("food", "Food"),
                                    ("shop", "Shop"),
                                    ("sport", "Sport"),
                                    ("child_care", "Child care"),
                                    ("health", "Health"),
                                    ("transport", "Transport"),
                                    ("landmark", "Landmark"),
                                    ("other", "Other"),
                                ],
                                max_length=20,
                                verbose_name="Kind",
                            ),
                        ),
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
                            "description_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "description_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        ("longitude", models.FloatField(verbose_name="Longitude")),
                        ("latitude", models.FloatField(verbose_name="Latitude")),
                        (
                            "hours",
                            models.CharField(blank=True, max_length=300, verbose_name="Hours"),
                        ),
                        (
                            "website",
                            models.URLField(blank=True, max_length=500, verbose_name="Website"),
                        ),
                        (
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="places",
                                to="spaces.building",
                            ),
                        ),
                        (
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="places",
                                to="spaces.space",
                            ),
                        ),
                        ("external_id", models.CharField(blank=True, max_length=120)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["district", "kind", "id"], name="place_kind")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "external_id"),
                                name="place_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="place_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("latitude__range", (-90, 90)),
                                    ("longitude__range", (-180, 180)),
                                ),
                                name="place_on_earth",
                                violation_error_message="Longitude or latitude is out of range.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Platform",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("operations", "Operations"),
                                    ("industry_services", "Industry services"),
                                    ("industrial_internet", "Industrial internet"),
                                    ("industry_data", "Industry data"),
                                    ("other", "Other"),
                                ],
                                max_length=20,
                                verbose_name="Kind",
                            ),
                        ),
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
                            "purpose_zh",
                            models.TextField(blank=True, verbose_name="Purpose in Chinese"),
                        ),
                        (
                            "purpose_en",
                            models.TextField(blank=True, verbose_name="Purpose in English"),
                        ),
                        ("url", models.URLField(blank=True, verbose_name="Address")),
                        (
                            "health_url",
                            models.URLField(blank=True, verbose_name="Health check address"),
                        ),
                        (
                            "operator",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        (
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="platforms",
                                to="spaces.building",
                            ),
                        ),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "health",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not checked yet"),
                                    ("up", "Works"),
                                    ("slow", "Slow"),
                                    ("down", "Down"),
                                ],
                                default="unknown",
                                editable=False,
                                max_length=10,
                                verbose_name="Health",
                            ),
                        ),
                        (
                            "failure_count",
                            models.PositiveSmallIntegerField(default=0, editable=False),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="platform_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlatformCheck",
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
                            "platform",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checks",
                                to="spaces.platform",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "health",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not checked yet"),
                                    ("up", "Works"),
                                    ("slow", "Slow"),
                                    ("down", "Down"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("milliseconds", models.PositiveIntegerField()),
                        ("reason", models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "platform", "-at"], name="platformcheck_newest"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuotaUse",
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
                                related_name="+",
                                to="district.organization",
                            ),
                        ),
                        ("month", models.DateField()),
                        ("minutes", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "organization", "month"), name="quotause_month"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Route",
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
                            "description_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "description_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        (
                            "line",
                            models.JSONField(blank=True, null=True, verbose_name="Line (GeoJSON)"),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="route_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RouteStop",
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
                            "route",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="spaces.route",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "place",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="spaces.place",
                            ),
                        ),
                        (
                            "artwork",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="spaces.artwork",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "route", "position"), name="routestop_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("artwork__isnull", False), ("place", None)),
                                    models.Q(("artwork", None), ("place__isnull", False)),
                                    _connector="OR",
                                ),
                                name="routestop_one_target",
                                violation_error_message="A stop is either a place or an art work.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Space",
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
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="spaces",
                                to="spaces.building",
                            ),
                        ),
                        (
                            "floor",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="spaces",
                                to="spaces.floor",
                            ),
                        ),
                        (
                            "parent",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="spaces.space",
                            ),
                        ),
                        ("is_leaf", models.BooleanField(default=True, editable=False)),
                        ("code", models.CharField(max_length=60, verbose_name="Code")),
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
                            "description_zh",
                            models.TextField(blank=True, verbose_name="Chinese description"),
                        ),
                        (
                            "description_en",
                            models.TextField(blank=True, verbose_name="English description"),
                        ),
                        (
                            "function",
                            models.CharField(
                                choices=[
                                    ("research", "Research"),
                                    ("venture", "Venture"),
                                    ("technology", "Technology"),
                                    ("education", "Education"),
                                    ("trade", "Trade"),
                                    ("residence", "Residence"),
                                    ("life_service", "Life services"),
                                    ("culture", "Culture"),
                                    ("public_realm", "Public realm"),
                                    ("meeting", "Meeting"),
                                    ("equipment", "Equipment"),
                                    ("digital", "Digital"),
                                ],
                                default="meeting",
                                max_length=20,
                                verbose_name="Function",
                            ),
                        ),
                        (
                            "realms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("physical", "Physical"),
                                        ("virtual", "Virtual"),
                                        ("cultural", "Cultural"),
                                    ],
                                    max_length=10,
                                ),
                                default=list,
                                size=None,
                                verbose_name="Realms",
                            ),
                        ),
                        (
                            "area_m2",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=10,
                                null=True,
                                verbose_name="Area (m²)",
                            ),
                        ),
                        (
                            "capacity",
                            models.PositiveIntegerField(default=0, verbose_name="Capacity"),
                        ),
                        (
                            "features",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("projector", "Projector"),
                                        ("screen", "Screen"),
                                        ("whiteboard", "Whiteboard"),
                                        ("video_call", "Video conferencing"),
                                        ("streaming", "Live streaming"),
                                        ("sound", "Sound system"),
                                        ("interpreting", "Simultaneous interpreting"),
                                        ("recording", "Recording"),
                                        ("stage", "Stage"),
                                        ("daylight", "Daylight"),
                                        ("wheelchair", "Step-free access"),
                                        ("catering", "Catering"),
                                        ("wifi", "Wi-Fi"),
                                        ("exhaust", "Exhaust"),
                                        ("cleanroom", "Cleanroom"),
                                        ("fume_hood", "Fume hood"),
                                        ("three_phase", "Three-phase power"),
                                        ("compressed_air", "Compressed air"),
                                        ("goods_lift", "Goods lift"),
                                        ("wastewater", "Wastewater treatment"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="Features",
                            ),
                        ),
                        (
                            "measures",
                            models.JSONField(
                                blank=True, default=dict, verbose_name="Technical figures"
                            ),
                        ),
                        (
                            "geometry",
                            models.JSONField(
                                blank=True, null=True, verbose_name="Outline (GeoJSON)"
                            ),
                        ),
                        (
                            "longitude",
                            models.FloatField(blank=True, null=True, verbose_name="Longitude"),
                        ),
                        (
                            "latitude",
                            models.FloatField(blank=True, null=True, verbose_name="Latitude"),
                        ),
                        ("lettable", models.BooleanField(default=False, verbose_name="Can be let")),
                        (
                            "bookable",
                            models.BooleanField(default=False, verbose_name="Can be booked"),
                        ),
                        (
                            "rules",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="spaces.bookingrules",
                            ),
                        ),
                        ("external_id", models.CharField(blank=True, max_length=120)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "-capacity", "-id"], name="space_capacity"
                            ),
                            models.Index(
                                fields=["district", "function", "code", "id"], name="space_function"
                            ),
                            models.Index(
                                fields=["district", "building", "floor", "code"],
                                name="space_building",
                            ),
                            models.Index(
                                condition=models.Q(("bookable", True), ("ended_at", None)),
                                fields=["district", "capacity", "id"],
                                name="space_bookable",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["features"], name="space_features"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["name_zh", "name_en", "code"],
                                name="space_words",
                                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "code"),
                                name="space_code",
                                violation_error_message="A space with this code exists already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("district", "external_id"),
                                name="space_external_id",
                            ),
                            models.UniqueConstraint(
                                fields=("district", "id", "is_leaf"), name="space_leaf"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="space_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("area_m2", None), ("area_m2__gt", 0), _connector="OR"
                                ),
                                name="space_area_positive",
                                violation_error_message="The area must be more than zero.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
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
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="spaces.building",
                            ),
                        ),
                        (
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="spaces.space",
                            ),
                        ),
                        (
                            "place",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="spaces.place",
                            ),
                        ),
                        (
                            "artwork",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="spaces.artwork",
                            ),
                        ),
                        (
                            "image",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        (
                            "thumbnail",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="district.file",
                            ),
                        ),
                        (
                            "alt_zh",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="Chinese description"
                            ),
                        ),
                        (
                            "alt_en",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="English description"
                            ),
                        ),
                        ("position", models.IntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("building__isnull", False)),
                                fields=["district", "building", "position"],
                                name="photo_building",
                            ),
                            models.Index(
                                condition=models.Q(("space__isnull", False)),
                                fields=["district", "space", "position"],
                                name="photo_space",
                            ),
                            models.Index(
                                condition=models.Q(("place__isnull", False)),
                                fields=["district", "place", "position"],
                                name="photo_place",
                            ),
                            models.Index(
                                condition=models.Q(("artwork__isnull", False)),
                                fields=["district", "artwork", "position"],
                                name="photo_artwork",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("artwork__isnull", True),
                                        ("building__isnull", False),
                                        ("place__isnull", True),
                                        ("space__isnull", True),
                                    ),
                                    models.Q(
                                        ("artwork__isnull", True),
                                        ("building__isnull", True),
                                        ("place__isnull", True),
                                        ("space__isnull", False),
                                    ),
                                    models.Q(
                                        ("artwork__isnull", True),
                                        ("building__isnull", True),
                                        ("place__isnull", False),
                                        ("space__isnull", True),
                                    ),
                                    models.Q(
                                        ("artwork__isnull", False),
                                        ("building__isnull", True),
                                        ("place__isnull", True),
                                        ("space__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="photo_one_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Occupancy",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="occupancies",
                                to="spaces.space",
                            ),
                        ),
                        ("is_leaf", models.BooleanField(default=True, editable=False)),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("lease", "Lease"),
                                    ("booking", "Booking"),
                                    ("event", "Event"),
                                    ("maintenance", "Maintenance"),
                                    ("blocking", "Blocked"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("source_id", models.UUIDField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "space", "ends_at", "starts_at"],
                                name="occupancy_search",
                            ),
                            models.Index(
                                fields=["district", "kind", "source_id"], name="occupancy_source"
                            ),
                        ],
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[("district", "="), ("space", "="), ("during", "&&")],
                                name="occupancy_no_overlap",
                                violation_error_message="This time is already taken.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("is_leaf", True)), name="occupancy_is_leaf"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "during",
                                        models.Func(
                                            models.F("starts_at"),
                                            models.F("ends_at"),
                                            models.Value("[)"),
                                            function="tstzrange",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                    )
                                ),
                                name="occupancy_during_matches",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="occupancy_times_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="holds",
                                to="spaces.space",
                            ),
                        ),
                        (
                            "person",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="holds",
                                to="district.person",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "space", "ends_at"], name="hold_search"
                            ),
                            models.Index(fields=["district", "expires_at"], name="hold_expiry"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="hold_times_in_order",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BookingPolicy",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="policies",
                                to="spaces.space",
                            ),
                        ),
                        (
                            "building",
                            district.tenancy.models.DistrictForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="policies",
                                to="spaces.building",
                            ),
                        ),
                        (
                            "opening",
                            models.JSONField(blank=True, null=True, verbose_name="Opening hours"),
                        ),
                        (
                            "closures",
                            models.JSONField(blank=True, default=list, verbose_name="Closures"),
                        ),
                        (
                            "window_days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Days ahead"
                            ),
                        ),
                        (
                            "notice_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Notice (minutes)"
                            ),
                        ),
                        (
                            "min_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Shortest (minutes)"
                            ),
                        ),
                        (
                            "max_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Longest (minutes)"
                            ),
                        ),
                        (
                            "grid_minutes",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Grid (minutes)"
                            ),
                        ),
                        (
                            "setup_minutes",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Set-up (minutes)"
                            ),
                        ),
                        (
                            "cleanup_minutes",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="Clean-up (minutes)"
                            ),
                        ),
                        (
                            "audience",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("companies", "Tenant companies"),
                                        ("partners", "Partners"),
                                        ("operator", "Operator only"),
                                    ],
                                    max_length=12,
                                ),
                                blank=True,
                                null=True,
                                size=None,
                                verbose_name="Who may book",
                            ),
                        ),
                        (
                            "approval",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("never", "Confirmed at once"),
                                    ("always", "Every booking is approved"),
                                    ("outside", "Approved outside opening hours only"),
                                ],
                                max_length=10,
                                verbose_name="Approval",
                            ),
                        ),
                        (
                            "approval_above_people",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Approve above (people)"
                            ),
                        ),
                        (
                            "holds_when_requested",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="A request keeps the slot"
                            ),
                        ),
                        (
                            "quota_minutes_per_month",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                verbose_name="Quota per organisation and month (minutes)",
                            ),
                        ),
                        (
                            "hourly_price",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=14,
                                null=True,
                                verbose_name="Price per hour",
                            ),
                        ),
                        (
                            "cancellation",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("free", "Any time before it starts"),
                                    ("notice", "Only with notice"),
                                    ("never", "Only by the operator"),
                                ],
                                max_length=10,
                                verbose_name="Cancellation",
                            ),
                        ),
                        (
                            "cancellation_notice_minutes",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                verbose_name="Notice for cancelling (minutes)",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("space__isnull", False)),
                                fields=("district", "space"),
                                name="bookingpolicy_space",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("building__isnull", False)),
                                fields=("district", "building"),
                                name="bookingpolicy_building",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("building", None), ("space", None)),
                                fields=("district",),
                                name="bookingpolicy_district",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("space", None), ("building", None), _connector="OR"
                                ),
                                name="bookingpolicy_one_level",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Blocking",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blockings",
                                to="spaces.space",
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="From")),
                        ("ends_at", models.DateTimeField(verbose_name="Until")),
                        (
                            "reason_zh",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="Reason in Chinese"
                            ),
                        ),
                        (
                            "reason_en",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="Reason in English"
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="blocking_times_in_order",
                                violation_error_message="It must end after it starts.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpaceLeaf",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="leaves",
                                to="spaces.space",
                            ),
                        ),
                        (
                            "leaf",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="holders",
                                to="spaces.space",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "leaf", "space"], name="spaceleaf_leaf"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("district", "space", "leaf"), name="spaceleaf_pair"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpaceVersion",
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
                            "space",
                            district.tenancy.models.DistrictForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="spaces.space",
                            ),
                        ),
                        ("until", models.DateTimeField()),
                        ("code", models.CharField(max_length=60)),
                        ("name_zh", models.CharField(blank=True, max_length=160)),
                        ("name_en", models.CharField(blank=True, max_length=160)),
                        (
                            "area_m2",
                            models.DecimalField(decimal_places=2, max_digits=10, null=True),
                        ),
                        ("capacity", models.PositiveIntegerField(default=0)),
                        (
                            "function",
                            models.CharField(
                                choices=[
                                    ("research", "Research"),
                                    ("venture", "Venture"),
                                    ("technology", "Technology"),
                                    ("education", "Education"),
                                    ("trade", "Trade"),
                                    ("residence", "Residence"),
                                    ("life_service", "Life services"),
                                    ("culture", "Culture"),
                                    ("public_realm", "Public realm"),
                                    ("meeting", "Meeting"),
                                    ("equipment", "Equipment"),
                                    ("digital", "Digital"),
                                ],
                                max_length=20,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["district", "space", "-until"], name="spaceversion_space"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Zone",
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
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("core", "Core zone"),
                                    ("research", "Research"),
                                    ("industry", "Industry"),
                                    ("housing", "Housing"),
                                    ("culture", "Culture"),
                                    ("ecology", "Green and water"),
                                ],
                                max_length=20,
                                verbose_name="Purpose",
                            ),
                        ),
                        ("boundary", models.JSONField(verbose_name="Boundary (GeoJSON)")),
                        (
                            "targets",
                            models.JSONField(blank=True, default=dict, verbose_name="Targets"),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                                name="zone_name_given",
                                violation_error_message="Give it a name in Chinese or in English.",
                            )
                        ],
                    },
                ),
            ],
        ),
        district.tenancy.operations.Isolate(
            model_name="ArtWork",
        ),
        district.tenancy.operations.Isolate(
            model_name="Booking",
        ),
        district.tenancy.operations.Isolate(
            model_name="BookingParty",
        ),
        district.tenancy.operations.Isolate(
            model_name="BookingRules",
        ),
        district.tenancy.operations.Isolate(
            model_name="Building",
        ),
        district.tenancy.operations.Isolate(
            model_name="Floor",
        ),
        district.tenancy.operations.Isolate(
            model_name="Ground",
        ),
        district.tenancy.operations.Isolate(
            model_name="Place",
        ),
        district.tenancy.operations.Isolate(
            model_name="Platform",
        ),
        district.tenancy.operations.Isolate(
            model_name="PlatformCheck",
        ),
        district.tenancy.operations.Isolate(
            model_name="QuotaUse",
        ),
        district.tenancy.operations.Isolate(
            model_name="Route",
        ),
        district.tenancy.operations.Isolate(
            model_name="RouteStop",
        ),
        district.tenancy.operations.Isolate(
            model_name="Space",
        ),
        district.tenancy.operations.Isolate(
            model_name="Photo",
        ),
        district.tenancy.operations.Isolate(
            model_name="Occupancy",
        ),
        district.tenancy.operations.Isolate(
            model_name="Hold",
        ),
        district.tenancy.operations.Isolate(
            model_name="BookingPolicy",
        ),
        district.tenancy.operations.Isolate(
            model_name="Blocking",
        ),
        district.tenancy.operations.Isolate(
            model_name="SpaceLeaf",
        ),
        district.tenancy.operations.Isolate(
            model_name="SpaceVersion",
        ),
        district.tenancy.operations.Isolate(
            model_name="Zone",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Booking",
            name="decided_by",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Booking",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Booking",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="BookingParty",
            name="booking",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="BookingParty",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="booking",
            name="rules",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Building",
            name="community",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Building",
            name="part_of",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Floor",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Place",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Platform",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Platform",
            name="operator",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="PlatformCheck",
            name="platform",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="QuotaUse",
            name="organization",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="RouteStop",
            name="artwork",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="RouteStop",
            name="place",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="RouteStop",
            name="route",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Space",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Space",
            name="floor",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Space",
            name="parent",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Space",
            name="rules",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="place",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="artwork",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="image",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="thumbnail",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="place",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Photo",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Occupancy",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Hold",
            name="person",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Hold",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="BookingPolicy",
            name="building",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="BookingPolicy",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="booking",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="Blocking",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="SpaceLeaf",
            name="leaf",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="SpaceLeaf",
            name="space",
        ),
        district.tenancy.operations.AddIsolatedForeignKey(
            model_name="SpaceVersion",
            name="space",
        ),
        migrations.RunSQL(
            sql="ALTER TABLE spaces_occupancy ADD CONSTRAINT spaces_occupancy_leaf_fk FOREIGN KEY (district_id, space_id, is_leaf) REFERENCES spaces_space (district_id, id, is_leaf)",
            reverse_sql="ALTER TABLE spaces_occupancy DROP CONSTRAINT spaces_occupancy_leaf_fk",
        ),
    ]
