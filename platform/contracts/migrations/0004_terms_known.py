"""The terms of a contract have two times too: what they once said stays, written by the database itself.

Rows of before are known since the contract was signed, by the log; where no line says it, since its first day.
"""

import django.db.models.deletion
from django.db import migrations, models

import evaluation.models

TERMS = ("contract", "contractstation", "deliverable")
KEEP = """
CREATE FUNCTION contracts_keep_term() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said timestamptz;
    kind text := substr(TG_TABLE_NAME, length('contracts_') + 1);
    of_contract bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(new) - 'known_from' = to_jsonb(old) - 'known_from' THEN
        new.known_from := old.known_from;
        RETURN new;
    END IF;
    of_contract := CASE kind WHEN 'contract' THEN old.id ELSE (to_jsonb(old) ->> 'contract_id')::bigint END;
    said := greatest(clock_timestamp(), old.known_from + interval '1 microsecond');
    INSERT INTO public.contracts_termversion (contract_id, kind, row, said, known_from, known_until)
    VALUES (of_contract, kind, old.id, to_jsonb(old), old.known_from, said);
    IF TG_OP = 'UPDATE' THEN
        new.known_from := said;
        RETURN new;
    END IF;
    RETURN old;
END $$;
CREATE FUNCTION contracts_history_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was known of a contract is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stands BEFORE UPDATE OR DELETE ON contracts_termversion
    FOR EACH ROW EXECUTE FUNCTION contracts_history_stands();
CREATE TRIGGER versions_stand BEFORE TRUNCATE ON contracts_termversion
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_history_stands();
"""
# Whatever moves the score of a contract notes from which day on its kept scores are stale.
DUE = """
CREATE FUNCTION contracts_note_due() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_contract bigint; since date;
BEGIN
    IF TG_TABLE_NAME = 'contracts_contract' THEN
        of_contract := new.id; since := new.starts_on;
    ELSIF TG_TABLE_NAME = 'contracts_mark' THEN
        of_contract := new.contract_id; since := new.dated;
    ELSE
        of_contract := CASE WHEN TG_OP = 'DELETE' THEN old.contract_id ELSE new.contract_id END;
    END IF;
    INSERT INTO public.evaluation_scoredue (tenant, station, from_day)
    SELECT tenant, code, coalesce(since, starts_on) FROM public.contracts_contractstation
    WHERE contract_id = of_contract;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_moves_score AFTER INSERT OR UPDATE ON contracts_mark
    FOR EACH ROW EXECUTE FUNCTION contracts_note_due();
CREATE TRIGGER contract_moves_score AFTER UPDATE ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION contracts_note_due();
CREATE TRIGGER station_moves_score AFTER INSERT OR UPDATE OR DELETE ON contracts_contractstation
    FOR EACH ROW EXECUTE FUNCTION contracts_note_due();
CREATE TRIGGER deliverable_moves_score AFTER INSERT OR UPDATE OR DELETE ON contracts_deliverable
    FOR EACH ROW EXECUTE FUNCTION contracts_note_due();
"""
ON_EACH = """
CREATE TRIGGER term_is_kept BEFORE UPDATE OR DELETE ON contracts_{0}
    FOR EACH ROW EXECUTE FUNCTION contracts_keep_term();
CREATE TRIGGER term_is_known_from_now BEFORE INSERT ON contracts_{0} FOR EACH ROW
    WHEN (new.known_from < clock_timestamp() - interval '1 minute' OR new.known_from > clock_timestamp())
    EXECUTE FUNCTION contracts_history_stands();
"""
FILL = """
UPDATE contracts_contract AS contract SET known_from = least(clock_timestamp(), coalesce(
    (SELECT min(line.at) FROM audit_auditentry AS line
     WHERE line.act = 'contracts.contract.signed' AND line.object_ref = contract.ref),
    contract.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai'));
UPDATE contracts_contractstation AS term SET known_from = contract.known_from
    FROM contracts_contract AS contract WHERE contract.id = term.contract_id;
UPDATE contracts_deliverable AS term SET known_from = contract.known_from
    FROM contracts_contract AS contract WHERE contract.id = term.contract_id;
"""


def known_from() -> models.DateTimeField:  # type: ignore[type-arg]
    return models.DateTimeField(db_default=evaluation.models.Moment(), editable=False)


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_provider"),
        ("evaluation", "0004_history"),
        ("audit", "__first__"),
    ]

    operations = [
        *(migrations.AddField(name, "known_from", known_from()) for name in TERMS),
        migrations.AlterField(
            "contract",
            "state",
            models.CharField(
                choices=[("ahead", "尚未开始"), ("active", "执行中"), ("ended", "已到期"), ("closed", "已结项")],
                default="active",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="TermVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("contract", "合同"), ("contractstation", "服务站点"), ("deliverable", "约定数量")],
                        max_length=20,
                    ),
                ),
                ("row", models.BigIntegerField()),
                ("said", models.JSONField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="term_versions",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={"ordering": ["known_until", "pk"]},
        ),
        migrations.RunSQL(KEEP + "".join(ON_EACH.format(name) for name in TERMS) + DUE, migrations.RunSQL.noop),
    ]
