"""Facts gain their second time and what they belong to. Every new column may be empty: old processes go on writing."""

from django.db import migrations, models

import evaluation.models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="fact",
            name="subject_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField("fact", "thing", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("fact", "recorded_on", models.DateField(blank=True, null=True)),
        # In two steps: a column that is added with this default is written anew for every row, and claims that all was
        # learnt at this moment.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE evaluation_fact ADD COLUMN known_from timestamptz;"
                    " ALTER TABLE evaluation_fact ALTER COLUMN known_from SET DEFAULT clock_timestamp()",
                    "ALTER TABLE evaluation_fact DROP COLUMN known_from",
                )
            ],
            state_operations=[
                migrations.AddField(
                    "fact",
                    "known_from",
                    models.DateTimeField(db_default=evaluation.models.Moment(), editable=False),
                )
            ],
        ),
        migrations.CreateModel(
            name="HistoryStart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
