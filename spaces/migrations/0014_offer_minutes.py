import hashlib
import json
from typing import Any

from django.core.validators import MinValueValidator
from django.db import migrations, models

from district.tenancy.scope import for_each_district

# Columns that are not rules: all others make up the digest.
APART = {"id", "district", "created_at", "updated_at", "revision", "digest"}


def digest_anew(apps: Any, _schema: Any) -> None:
    """The digest is of all rules, so that one more changes every one of them."""
    model = apps.get_model("spaces", "BookingRules")
    names = [field.name for field in model._meta.fields if field.name not in APART]

    def work(district_id: int) -> None:
        for row in model.objects.filter(district_id=district_id):
            values = {name: getattr(row, name) for name in names}
            text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
            digest = hashlib.sha256(text.encode()).hexdigest()
            model.objects.filter(pk=row.pk).update(digest=digest)

    for_each_district(work)


class Migration(migrations.Migration):
    dependencies = [
        ("spaces", "0013_series"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingpolicy",
            name="offer_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[MinValueValidator(5)],
                verbose_name="An offer stands (minutes)",
            ),
        ),
        migrations.AddField(
            model_name="bookingrules",
            name="offer_minutes",
            field=models.PositiveSmallIntegerField(default=30),
            preserve_default=False,
        ),
        migrations.RunPython(digest_anew, migrations.RunPython.noop),
    ]
