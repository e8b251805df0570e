"""A contract's 承接方 is its provider; `operator` is the platform's only. The column keeps its name: no statement runs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_appeal"), ("tenants", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("contract", "operator", "provider"),
                migrations.AlterField(
                    "contract",
                    "provider",
                    models.ForeignKey(
                        db_column="operator_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="tenants.tenant",
                        verbose_name="承接机构",
                    ),
                ),
            ]
        )
    ]
