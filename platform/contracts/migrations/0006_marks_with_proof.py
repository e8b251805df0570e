"""A mark names its party, the day of the visit and, once withdrawn, how and why; its cases and its files."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import common.refs


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_kept_scores"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mark",
            name="party",
            field=models.CharField(
                blank=True,
                choices=[
                    ("purchaser", "购买方"),
                    ("landing_party", "落地方"),
                    ("operator", "承接方"),
                    ("supervising_authority", "监督方"),
                    ("evaluator", "评估方"),
                ],
                db_default="",
                default="",
                max_length=24,
                verbose_name="评分方",
            ),
        ),
        migrations.AddField(
            model_name="mark",
            name="visited_on",
            field=models.DateField(blank=True, null=True, verbose_name="查看日期"),
        ),
        migrations.AddField(
            model_name="mark",
            name="withdrawal",
            field=models.CharField(
                blank=True,
                choices=[("author", "评分人撤回"), ("review", "复核撤回")],
                db_default="",
                default="",
                max_length=10,
                verbose_name="撤回方式",
            ),
        ),
        migrations.AddField(
            model_name="mark",
            name="withdrawn_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="撤回理由"),
        ),
        migrations.CreateModel(
            name="MarkCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("text", models.CharField(max_length=200, verbose_name="情况")),
                ("points", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="分值")),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="contracts.mark"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="mark_case_above_zero")
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkFile",
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
                ("sha256", models.CharField(max_length=64, verbose_name="校验码")),
                ("file", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="contracts.mark"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("mark", "sha256"), name="mark_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["photo", "paper"])), name="mark_file_kind_known"
                    ),
                ],
            },
        ),
    ]
