"""Numbers are masked without a digit; a restricted person may have a second file; the data officer is told.

The columns of the old masks stay for this release, emptied: the processes of the one before still write them.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import common.refs

MASK = """
    UPDATE clients_client SET id_number_masked = '', last_four = '',
        phone_masked = CASE phone_masked WHEN '' THEN '' ELSE '*********' || right(phone_masked, 2) END
"""
# A household with a restricted member stands in no evidence any more.
LEAVE_EVIDENCE = """
    DELETE FROM public.evaluation_fact f USING clients_household h
    WHERE f.measure = 'households_filed' AND f.source = 'clients.household:' || h.ref
    AND EXISTS (SELECT FROM clients_client c WHERE c.household_id = h.id AND c.is_restricted)
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_consents")]

    operations = [
        migrations.RunSQL(MASK),
        migrations.RunSQL(LEAVE_EVIDENCE),
        migrations.RemoveIndex(model_name="client", name="client_last_four"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE clients_client ALTER COLUMN id_number_masked SET DEFAULT '',"
                    " ALTER COLUMN last_four SET DEFAULT ''"
                )
            ],
            state_operations=[
                migrations.RemoveField(model_name="client", name="id_number_masked"),
                migrations.RemoveField(model_name="client", name="last_four"),
            ],
        ),
        migrations.AlterField(
            model_name="client",
            name="id_number_hash",
            field=models.CharField(db_index=True, max_length=64, null=True),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_restricted", False)),
                fields=("id_number_hash",),
                name="client_open_id_number_hash",
            ),
        ),
        migrations.AddIndex(model_name="reveal", index=models.Index(fields=["by", "at"], name="reveal_by_at")),
        migrations.AlterField(
            model_name="reveal",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.CreateModel(
            name="DataAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=common.refs.new_ref, editable=False, max_length=16, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("twin", "新档与限制查看的档案是同一人"), ("reveals", "一小时内查看加密内容过多")],
                        max_length=7,
                        verbose_name="事项",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("by", models.CharField(max_length=32)),
                (
                    "raised_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="时间"
                    ),
                ),
                ("settled_by", models.CharField(blank=True, max_length=32)),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "twin",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
    ]
