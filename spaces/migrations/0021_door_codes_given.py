import hashlib
import json
from typing import Any, Final

from django.db import migrations

from district.numbers import door_code
from district.tenancy.scope import for_each_district

BATCH: Final = 500
APART: Final = {"id", "district", "created_at", "updated_at", "revision", "digest"}


def give_codes(apps: Any, schema_editor: Any) -> None:
    """Every space the code of its door, and rules the digest of what they say now."""
    spaces, rules = apps.get_model("spaces", "Space"), apps.get_model("spaces", "BookingRules")

    def work(_district_id: int) -> None:
        while rows := list(spaces.objects.filter(door_code="")[:BATCH]):
            for row in rows:
                row.door_code = door_code()
            spaces.objects.bulk_update(rows, ["door_code"])
        said = list(rules.objects.all())
        names = [field.name for field in rules._meta.fields if field.name not in APART]
        for row in said:
            values = {name: getattr(row, name) for name in names}
            canonical = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
            row.digest = hashlib.sha256(canonical.encode()).hexdigest()
        rules.objects.bulk_update(said, ["digest"], batch_size=BATCH)

    for_each_district(work)


class Migration(migrations.Migration):
    dependencies = [("spaces", "0020_door_code")]

    operations = [migrations.RunPython(give_codes, migrations.RunPython.noop)]
