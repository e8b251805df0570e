"""Two people compare files that look alike; what happened when is said by the database's clock."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("grants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="IdentityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=32)),
                ("seen", models.CharField(max_length=64)),
                ("checked_at", models.DateTimeField(db_default=Now())),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity_checks",
                        to="grants.application",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.UniqueConstraint(fields=("application", "person", "seen"), name="identity_checked_once"),
        ),
        migrations.AlterField(
            model_name="application",
            name="applied_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AlterField(model_name="ballot", name="cast_at", field=models.DateTimeField(db_default=Now())),
        migrations.AlterField(
            model_name="need", name="opened_at", field=models.DateTimeField(db_default=Now(), editable=False)
        ),
        migrations.AlterField(model_name="objection", name="raised_at", field=models.DateTimeField(db_default=Now())),
        migrations.AlterField(model_name="opinion", name="given_at", field=models.DateTimeField(db_default=Now())),
        migrations.AlterField(model_name="payment", name="prepared_at", field=models.DateTimeField(db_default=Now())),
        migrations.AlterField(model_name="paymentrun", name="started_at", field=models.DateTimeField(db_default=Now())),
    ]
