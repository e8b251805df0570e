"""A phone's mask keeps its last two digits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0002_consents")]

    operations = [
        migrations.RunSQL(
            "UPDATE volunteers_volunteer SET phone_masked = '*********' || right(phone_masked, 2)"
            " WHERE phone_masked <> ''"
        )
    ]
