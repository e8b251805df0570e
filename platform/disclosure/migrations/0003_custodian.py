"""A fund has a custodian; the column keeps its name: processes of the version before use it while a rollout goes on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0002_pinyin")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="publicfund", old_name="host", new_name="custodian"),
                migrations.AlterField(
                    model_name="publicfund",
                    name="custodian",
                    field=models.CharField(db_column="host", max_length=100, verbose_name="托管慈善组织"),
                ),
            ]
        )
    ]
