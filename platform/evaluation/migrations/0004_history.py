"""What was once known stays: written by the database itself, whichever way a fact is changed or taken back.

`evaluation_keep_fact` moves the old row into the history before a fact changes or goes; it runs with the rights of the
tables' owner, and the application may only read the history. `evaluation_note_due` notes, once a statement, from which
day on which stations' kept scores are stale.
"""

import django.db.models
from django.db import migrations, models

import evaluation.models

SAID = "tenant, station, measure, occurred_on, quantity, source, subject_key, thing, recorded_on"
NEW, OLD = (", ".join(f"{row}.{column}" for column in SAID.split(", ")) for row in ("new", "old"))
KEEP = f"""
CREATE FUNCTION evaluation_keep_fact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE said timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND ({NEW}) IS NOT DISTINCT FROM ({OLD}) THEN
        new.known_from := old.known_from;
        RETURN new;
    END IF;
    said := greatest(clock_timestamp(), old.known_from + interval '1 microsecond');
    INSERT INTO public.evaluation_factversion ({SAID}, known_from, known_until, why)
    VALUES ({OLD}, old.known_from, said, coalesce(current_setting('evaluation.why', true), ''));
    IF TG_OP = 'UPDATE' THEN
        new.known_from := said;
        RETURN new;
    END IF;
    RETURN old;
END $$;
CREATE TRIGGER fact_is_kept BEFORE UPDATE OR DELETE ON evaluation_fact
    FOR EACH ROW EXECUTE FUNCTION evaluation_keep_fact();
"""  # noqa: S608  # column names of this file
# The database's own clock says when a fact became known: nobody writes it in for an earlier day.
REFUSE = """
CREATE FUNCTION evaluation_history_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was known of facts is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fact_is_known_from_now BEFORE INSERT ON evaluation_fact FOR EACH ROW
    WHEN (new.known_from < clock_timestamp() - interval '1 minute' OR new.known_from > clock_timestamp())
    EXECUTE FUNCTION evaluation_history_stands();
CREATE TRIGGER facts_are_not_emptied BEFORE TRUNCATE ON evaluation_fact
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_history_stands();
CREATE TRIGGER version_stands BEFORE UPDATE OR DELETE ON evaluation_factversion
    FOR EACH ROW EXECUTE FUNCTION evaluation_history_stands();
CREATE TRIGGER versions_stand BEFORE TRUNCATE ON evaluation_factversion
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_history_stands();
"""
DUE = """
CREATE FUNCTION evaluation_note_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.evaluation_scoredue (tenant, station, from_day)
        SELECT tenant, station, min(occurred_on) FROM said_now GROUP BY tenant, station;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.evaluation_scoredue (tenant, station, from_day)
        SELECT tenant, station, min(occurred_on) FROM said_before GROUP BY tenant, station;
    ELSE
        INSERT INTO public.evaluation_scoredue (tenant, station, from_day)
        SELECT tenant, station, min(occurred_on) FROM (SELECT tenant, station, occurred_on FROM said_now
            UNION ALL SELECT tenant, station, occurred_on FROM said_before) AS moved GROUP BY tenant, station;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER due_after_insert AFTER INSERT ON evaluation_fact REFERENCING NEW TABLE AS said_now
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_note_due();
CREATE TRIGGER due_after_update AFTER UPDATE ON evaluation_fact
    REFERENCING OLD TABLE AS said_before NEW TABLE AS said_now
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_note_due();
CREATE TRIGGER due_after_delete AFTER DELETE ON evaluation_fact REFERENCING OLD TABLE AS said_before
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_note_due();
"""
VIEW = f"""
CREATE VIEW evaluation_eversaid AS
    SELECT id, {SAID}, known_from, NULL::timestamptz AS known_until, ''::varchar(12) AS why FROM evaluation_fact
    UNION ALL
    SELECT -id, {SAID}, known_from, known_until, why FROM evaluation_factversion;
"""  # noqa: S608  # column names of this file
# New rows come all the time: what only an index holds is read from it alone while the visibility map is fresh.
FRESH = "ALTER TABLE {0} SET (autovacuum_vacuum_insert_scale_factor = 0.02);"


def said() -> list[tuple[str, models.Field]]:  # type: ignore[type-arg]
    """Return the columns of what is said."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("tenant", models.CharField(max_length=40)),
        ("station", models.CharField(max_length=40)),
        ("measure", models.CharField(max_length=40)),
        ("occurred_on", models.DateField()),
        ("quantity", models.DecimalField(decimal_places=2, max_digits=12)),
        ("source", models.CharField(max_length=80)),
        ("subject_key", models.CharField(blank=True, db_default="", default="", max_length=64)),
        ("thing", models.BigIntegerField(blank=True, null=True)),
        ("recorded_on", models.DateField(blank=True, null=True)),
        ("known_from", models.DateTimeField()),
    ]


WHY = [
    ("corrected", "记录更正"),
    ("withdrawn", "记录撤回"),
    ("merged", "档案合并"),
    ("restricted", "档案限制查阅"),
    ("late", "事后补记"),
    ("", "原因未注明"),
]


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_known_from")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE evaluation_fact ALTER COLUMN known_from SET NOT NULL;"
            " ALTER TABLE evaluation_fact DROP CONSTRAINT fact_known",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="FactVersion",
            fields=[
                *said(),
                ("known_until", models.DateTimeField()),
                ("why", models.CharField(blank=True, choices=WHY, max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name="EverSaid",
            fields=[
                *said(),
                ("known_until", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, choices=WHY, max_length=12)),
            ],
            options={"db_table": "evaluation_eversaid", "managed": False},
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.CharField(max_length=40)),
                ("thing", models.BigIntegerField()),
                (
                    "sort",
                    models.CharField(
                        choices=[("group", "小组"), ("case", "个案"), ("activity", "活动"), ("household", "家庭")],
                        max_length=12,
                    ),
                ),
                ("station", models.CharField(max_length=40)),
                ("community", models.CharField(blank=True, max_length=12)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("audience", models.CharField(blank=True, max_length=40)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScoreDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.CharField(max_length=40)),
                ("station", models.CharField(max_length=40)),
                ("from_day", models.DateField()),
                ("said_at", models.DateTimeField(db_default=evaluation.models.Moment(), editable=False)),
            ],
        ),
        migrations.AddConstraint(
            "factversion",
            models.CheckConstraint(
                condition=django.db.models.Q(("known_until__gt", models.F("known_from"))),
                name="version_known_for_a_time",
            ),
        ),
        migrations.AddIndex(
            "factversion",
            models.Index(
                fields=["tenant", "station", "measure", "occurred_on"],
                include=("quantity", "subject_key", "known_from", "known_until"),
                name="version_of_station",
            ),
        ),
        migrations.AddIndex(
            "factversion",
            models.Index(fields=["tenant", "source", "measure", "known_from"], name="version_of_source"),
        ),
        migrations.AddConstraint("thing", models.UniqueConstraint(fields=("tenant", "thing"), name="thing_once")),
        migrations.AddIndex("scoredue", models.Index(fields=["tenant", "station"], name="score_due_of_station")),
        migrations.RunSQL(KEEP + REFUSE + DUE + VIEW, migrations.RunSQL.noop),
        migrations.RunSQL(
            FRESH.format("evaluation_fact") + FRESH.format("evaluation_factversion"), migrations.RunSQL.noop
        ),
    ]
