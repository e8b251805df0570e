"""Purchasers and landing parties have a credit code, and may be closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="credit_code",
            field=models.CharField(blank=True, db_default="", max_length=18, verbose_name="统一社会信用代码"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="closed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="停用日期"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("credit_code", ""), _negated=True),
                fields=("credit_code",),
                name="organisation_credit_code",
            ),
        ),
    ]
