"""What the database itself does for the books: it posts, and it refuses everything that is not a posting.

The statements stand in services/ledger/sql, each with what it does; here are the versions this migration runs.
Triggers look at new entries, accounts and books at commit: a header without lines, lines that do not balance, or a
balance without its line end there.
"""

from django.db import migrations

from services.ledger import sql

STATEMENTS = {
    "digest": "e9898bb38123c121a434265b7461c228625263f9e4a60b4b38efb4ebc2a4a52c",
    "post": "9c59a48766d1f67f444e1f167dacc4f1c5dd69b042acdc09c1ce37bbef3967e8",
    "post_many": "621a9717938253e70d9f15b076bcbf3e07fdfd699b6e7e61d3f92c10d90d1b38",
    "refuse": "afcfb7bb5ed4fbeeff77f3b78ab234c2c91ab9f9d0b8c69f6a099d079f8d33e0",
    "check_day": "159b00f0fab282aaaa0d43ea4c76a6598e062f101a1f0f33158bc0a99ec9be4c",
    "check_legs": "4e8318bef3365662f225c4c975284467624dea07b548394b195675e8821e89f3",
    "check_entry": "8cbc8f9c1a456bdb417056733de016492381cfd4e52cfa0f3cf0834535adc565",
    "check_account": "2df7c8d06ca5c1772061f7c37cf96b0356b7727a3db6761a48cc19a1057eb125",
    "check_book": "6ff6b888610c0147859ec4ba937dc14b6362347bc7ac3a498ca07a797407e07f",
    "triggers": "0f322062fe8598181a6094691f9cd069886405f9fcc9f2886d0f55ddd6e11ab5",
}


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL([sql.read(name, digest)]) for name, digest in STATEMENTS.items()]
