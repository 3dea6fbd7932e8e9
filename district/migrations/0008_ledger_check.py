"""How far the chain was found to hold."""

import district.tenancy.models
import district.tenancy.operations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0007_activity_audit_indexes")]

    operations = [
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("number", models.BigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
                ("broken", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="ledgercheck",
            name="district",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="district.district",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgercheck",
            index=models.Index(fields=["district", "-id"], name="ledgercheck_newest"),
        ),
        district.tenancy.operations.Isolate(
            model_name="LedgerCheck",
            append_only=True,
        ),
    ]
