"""An entry has lines and a memo. Tables and columns stay: the digests of what was posted are reckoned from them."""

import django.db.models.deletion
from django.db import migrations, models

STATE = [
    migrations.AlterModelTable(name="leg", table="ledger_leg"),
    migrations.RenameModel(old_name="Leg", new_name="Line"),
    migrations.AlterField(
        model_name="line",
        name="entry",
        field=models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="ledger.entry"
        ),
    ),
    migrations.AlterField(
        model_name="line",
        name="account",
        field=models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="ledger.account"
        ),
    ),
    migrations.RenameField(model_name="entry", old_name="words", new_name="memo"),
    migrations.AlterField(
        model_name="entry",
        name="memo",
        field=models.CharField(blank=True, db_column="words", max_length=200, verbose_name="摘要"),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=STATE)]
