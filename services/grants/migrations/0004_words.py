"""A monitor has no objection; a ballot names the member of the committee, in the column it always had."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0006_words"),
        ("grants", "0003_words_of_deciding"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="ballot", old_name="seat", new_name="member"),
                migrations.AlterField(
                    model_name="ballot",
                    name="member",
                    field=models.ForeignKey(
                        db_column="seat_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.committeemember",
                    ),
                ),
                migrations.RenameField(model_name="opinion", old_name="is_content", new_name="has_no_objection"),
                migrations.AlterField(
                    model_name="opinion",
                    name="has_no_objection",
                    field=models.BooleanField(db_column="is_content", verbose_name="对程序无异议"),
                ),
            ]
        ),
    ]
