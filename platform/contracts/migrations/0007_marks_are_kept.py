"""Rows of marks stay: nobody deletes one, and all that is ever added to it is its withdrawal, once.

Before that, marks of the release that asked for no party are given the one their author's role tells. Where the author
is unknown or holds both roles the party stays '' and pages say so: it must not be guessed.
"""

from django.db import migrations, models

import evaluation.models

PARTIES = """
UPDATE contracts_mark SET party = known.party
FROM (
    SELECT user_id, CASE min(role) WHEN 'evaluator' THEN 'evaluator' ELSE 'purchaser' END AS party
    FROM accounts_floorrole WHERE role IN ('evaluator', 'district_officer')
    GROUP BY user_id HAVING count(DISTINCT role) = 1
) AS known
WHERE contracts_mark.by_id = known.user_id AND contracts_mark.party = '';
"""
# The columns are compared as one value, so that a column added later is kept too. Given and withdrawn is a mark at the
# moment of saying so, give or take a machine's clock: what was known on a day is not changed afterwards.
KEEP = """
CREATE FUNCTION contracts_mark_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawal text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason', 'withdrawal'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
       AND abs(extract(epoch FROM NEW.withdrawn_at - clock_timestamp())) < 60
       AND to_jsonb(OLD) - withdrawal = to_jsonb(NEW) - withdrawal THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a mark is kept as it was given, and withdrawn once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER mark_is_kept BEFORE UPDATE OR DELETE ON contracts_mark
    FOR EACH ROW EXECUTE FUNCTION contracts_mark_is_kept();
CREATE TRIGGER mark_is_given_now BEFORE INSERT ON contracts_mark FOR EACH ROW
    WHEN (abs(extract(epoch FROM NEW.given_at - clock_timestamp())) >= 60)
    EXECUTE FUNCTION contracts_mark_is_kept();
CREATE TRIGGER marks_are_kept BEFORE TRUNCATE ON contracts_mark
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_mark_is_kept();
"""
LET_GO = """
DROP TRIGGER mark_is_given_now ON contracts_mark;
DROP TRIGGER mark_is_kept ON contracts_mark;
DROP TRIGGER marks_are_kept ON contracts_mark;
DROP FUNCTION contracts_mark_is_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0006_marks_with_proof"), ("accounts", "0001_initial")]

    operations = [
        migrations.AlterField(
            "mark", "given_at", models.DateTimeField(db_default=evaluation.models.Moment(), editable=False)
        ),
        migrations.RunSQL(PARTIES, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, LET_GO),
    ]
