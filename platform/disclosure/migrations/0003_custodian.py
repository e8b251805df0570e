"""A fund has a custodian."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0002_pinyin")]

    operations = [migrations.RenameField(model_name="publicfund", old_name="host", new_name="custodian")]
