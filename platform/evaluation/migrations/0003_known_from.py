"""From when the facts of before were known, as far as their records say it; and the index that answers both times.

Each step in a transaction of its own, and the rows in portions, so that who records waits for the index alone (about a
second for a million facts: a statement that is told its place cannot build one concurrently).
"""

from django.db import connection, migrations, models

from evaluation.known import fill_known


def fill(_apps: object, _schema_editor: object) -> None:
    with connection.cursor() as cursor:
        fill_known(cursor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("evaluation", "0002_two_times")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE evaluation_fact DROP CONSTRAINT IF EXISTS fact_known;"
            " ALTER TABLE evaluation_fact ADD CONSTRAINT fact_known CHECK (known_from IS NOT NULL) NOT VALID",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("ALTER TABLE evaluation_fact VALIDATE CONSTRAINT fact_known", migrations.RunSQL.noop),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["tenant", "station", "measure", "occurred_on"],
                include=("quantity", "subject_key", "known_from"),
                name="fact_of_station_known",
            ),
        ),
        migrations.RemoveIndex("fact", "fact_of_station"),
    ]
