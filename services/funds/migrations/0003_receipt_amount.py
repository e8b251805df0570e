from decimal import Decimal

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("funds", "0002_report_corrections")]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="amount",
            field=models.DecimalField(decimal_places=2, default=Decimal(1), max_digits=14, verbose_name="金额"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_positive"),
        ),
    ]
