"""What came and went is never changed, deleted or emptied: the database says no, whoever asks."""

from django.db import migrations

GUARD = """
CREATE FUNCTION billing_movement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'movements of money are never changed: write a second one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_movement_stays BEFORE UPDATE OR DELETE ON billing_movement
  FOR EACH ROW EXECUTE FUNCTION billing_movement_stays();
CREATE TRIGGER billing_movement_stays_whole BEFORE TRUNCATE ON billing_movement
  FOR EACH STATEMENT EXECUTE FUNCTION billing_movement_stays();
CREATE SEQUENCE billing_bill_number;
"""
BACK = """
DROP SEQUENCE billing_bill_number;
DROP TRIGGER billing_movement_stays_whole ON billing_movement;
DROP TRIGGER billing_movement_stays ON billing_movement;
DROP FUNCTION billing_movement_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, BACK)]
