"""A published score has versions, and what is decided about it is written once.

Rows of before are version 1 in the first format; nothing of them changes, so that their digests go on to verify.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.refs
import evaluation.models

KEEP = """
CREATE FUNCTION contracts_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was decided about a score is never changed' USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_once BEFORE UPDATE OR DELETE ON contracts_{table}
    FOR EACH ROW EXECUTE FUNCTION contracts_written_once();
CREATE TRIGGER {table}s_once BEFORE TRUNCATE ON contracts_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_written_once();
"""
    for table in ("sheetconfirmation", "linedecision", "appealfile")
)
# A decision moves the score of its day and of every later one: what is kept of them is stale, as after a mark.
KEEP += """
CREATE FUNCTION contracts_decision_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.evaluation_scoredue (tenant, station, from_day)
    SELECT tenant, code, NEW.dated FROM public.contracts_contractstation WHERE contract_id = NEW.contract_id;
    RETURN NULL;
END $$;
CREATE TRIGGER decision_is_made_now BEFORE INSERT ON contracts_linedecision FOR EACH ROW
    WHEN (abs(extract(epoch FROM NEW.decided_at - clock_timestamp())) >= 60)
    EXECUTE FUNCTION contracts_written_once();
CREATE TRIGGER decision_moves_score AFTER INSERT ON contracts_linedecision
    FOR EACH ROW EXECUTE FUNCTION contracts_decision_due();
"""
LET_GO = (
    "DROP TRIGGER decision_is_made_now ON contracts_linedecision; DROP TRIGGER decision_moves_score ON contracts_linedecision; DROP FUNCTION contracts_decision_due;"
    + "".join(
        f"DROP TRIGGER {table}_once ON contracts_{table}; DROP TRIGGER {table}s_once ON contracts_{table};"
        for table in ("sheetconfirmation", "linedecision", "appealfile")
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_marks_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AppealFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=common.refs.new_ref, editable=False, max_length=16, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("photo", "照片"), ("paper", "文件")], max_length=10, verbose_name="种类"
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="LineDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=common.refs.new_ref, editable=False, max_length=16, unique=True)),
                ("code", models.CharField(max_length=20)),
                ("points", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="改定得分")),
                ("clause", models.CharField(max_length=120, verbose_name="依据条款")),
                ("reason", models.CharField(max_length=500, verbose_name="改定理由")),
                ("dated", models.DateField(verbose_name="起算日")),
                (
                    "decided_at",
                    models.DateTimeField(db_default=evaluation.models.Moment(), editable=False),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SheetConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=evaluation.models.Moment(), editable=False)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="scoresheet",
            options={"ordering": ["-as_of", "-version"]},
        ),
        migrations.RemoveConstraint(
            model_name="scoresheet",
            name="sheet_once",
        ),
        migrations.AddField(
            model_name="appeal",
            name="effect",
            field=models.CharField(
                blank=True,
                choices=[
                    ("points", "改定这一项的得分"),
                    ("lifted", "撤销一票否决的认定"),
                    ("marked", "已经重新评分"),
                    ("corrected", "数据已经更正"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="对得分的影响",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="sheet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appealed",
                to="contracts.scoresheet",
            ),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="appeal_until",
            field=models.DateTimeField(null=True, verbose_name="申诉截止"),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="appeals",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="changes",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="correction_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="更正原因"),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="format",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="head",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="known_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="notice_until",
            field=models.DateTimeField(null=True, verbose_name="公示至"),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="contracts.scoresheet",
            ),
        ),
        migrations.AddField(
            model_name="scoresheet",
            name="version",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="版本"),
        ),
        migrations.AddIndex(
            model_name="scoresheet",
            index=models.Index(fields=["digest"], name="sheet_of_digest"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effect", ""),
                    models.Q(("effect__in", ["points", "lifted", "marked", "corrected"]), ("state", "accepted")),
                    _connector="OR",
                ),
                name="appeal_effect_upheld",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.UniqueConstraint(fields=("contract", "as_of", "version"), name="sheet_version_once"),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces", None), ("version", 1)),
                    models.Q(("replaces__isnull", False), ("version__gt", 1)),
                    _connector="OR",
                ),
                name="sheet_correction_replaces",
            ),
        ),
        migrations.AddField(
            model_name="appealfile",
            name="appeal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="contracts.appeal"
            ),
        ),
        migrations.AddField(
            model_name="linedecision",
            name="appeal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="contracts.appeal",
            ),
        ),
        migrations.AddField(
            model_name="linedecision",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="linedecision",
            name="mark",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.mark",
            ),
        ),
        migrations.AddField(
            model_name="linedecision",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="contracts.contract"
            ),
        ),
        migrations.AddField(
            model_name="sheetconfirmation",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sheetconfirmation",
            name="sheet",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="confirmation", to="contracts.scoresheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="linedecision",
            constraint=models.CheckConstraint(condition=models.Q(("points__gte", 0)), name="decision_not_below_zero"),
        ),
        migrations.RunSQL(KEEP, LET_GO + "DROP FUNCTION contracts_written_once;"),
    ]
