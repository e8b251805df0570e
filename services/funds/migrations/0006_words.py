"""A fund has a custodian; its committee and what is left of it bear their own names.

Tables and columns stay as they are: processes of the version before use them while a rollout goes on.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

COMMITTEE = [
    migrations.AlterModelTable(name="seat", table="funds_seat"),
    migrations.RenameModel(old_name="Seat", new_name="CommitteeMember"),
    migrations.RemoveConstraint(model_name="committeemember", name="seat_one_chair"),
    migrations.RenameField(model_name="committeemember", old_name="duty", new_name="role"),
    migrations.AlterField(
        model_name="committeemember",
        name="role",
        field=models.CharField(
            choices=[("chair", "主任委员"), ("member", "委员"), ("monitor", "监督员")],
            db_column="duty",
            max_length=8,
            verbose_name="职责",
        ),
    ),
    migrations.AlterField(
        model_name="committeemember",
        name="fund",
        field=models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE, related_name="committee_members", to="funds.fund"
        ),
    ),
    migrations.AlterModelOptions(name="committeemember", options={"ordering": ["role", "from_on", "id"]}),
    migrations.AddConstraint(
        model_name="committeemember",
        constraint=models.UniqueConstraint(
            fields=["fund"], condition=Q(to_on=None, role="chair"), name="seat_one_chair"
        ),
    ),
]
RESIDUAL = [
    migrations.AlterModelTable(name="handover", table="funds_handover"),
    migrations.RenameModel(old_name="HandOver", new_name="ResidualTransfer"),
    migrations.AlterField(
        model_name="residualtransfer",
        name="fund",
        field=models.ForeignKey(
            on_delete=django.db.models.deletion.PROTECT, related_name="residual_transfers", to="funds.fund"
        ),
    ),
]
CUSTODIAN = [
    migrations.RenameField(model_name="fund", old_name="host", new_name="custodian"),
    migrations.AlterField(
        model_name="fund",
        name="custodian",
        field=models.CharField(db_column="host", max_length=100, verbose_name="托管慈善组织"),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0005_databases_clock"),
        ("grants", "0003_words_of_deciding"),  # which still speaks of funds.Seat
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[*COMMITTEE, *RESIDUAL, *CUSTODIAN]),
    ]
