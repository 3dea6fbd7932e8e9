"""A claim refers to (district, space, is_leaf = true): a claimed leaf cannot stop being one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("spaces", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE spaces_occupancy ADD CONSTRAINT spaces_occupancy_leaf_fk "
            "FOREIGN KEY (district_id, space_id, is_leaf) "
            "REFERENCES spaces_space (district_id, id, is_leaf)",
            "ALTER TABLE spaces_occupancy DROP CONSTRAINT spaces_occupancy_leaf_fk",
        )
    ]
