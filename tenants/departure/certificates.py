"""The certificate of deletion: what was erased, by whom, what is kept where and until when, and its PDF."""

import datetime as dt
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from common.dates import local_day
from common.files import papers
from tenants.departure.retention import kept_models
from tenants.models import Certificate, Leaving, RetainedRecord, Tenant

PAPER: Final = Path(__file__).parents[1] / "papers" / "certificate.typ"


def issue(leaving: Leaving) -> Certificate:
    """Give the certificate of a finished deletion; asked again, the one that was given.

    :raises ValueError: before the deletion was carried out.
    """
    if leaving.erased_at is None or leaving.done_at is None:
        raise ValueError("nothing was deleted yet")
    tenant = leaving.tenant
    if known := Certificate.objects.filter(tenant=tenant).first():
        return known
    day = local_day(leaving.done_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('certificate'))")
    number = _next_number(day)
    words = _words(leaving, tenant, number, day)
    return Certificate.objects.create(
        ref=leaving.address, tenant=tenant, number=number, issued_on=day, words=words, digest=digest_of(words)
    )


def canonical(words: dict[str, Any]) -> str:
    """Return what the digest is taken of: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(words: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(words).encode()).hexdigest()


def is_whole(certificate: Certificate) -> bool:
    """Tell whether a certificate says what it said when it was given."""
    return secrets.compare_digest(digest_of(certificate.words), certificate.digest)


def paper(certificate: Certificate) -> bytes:
    """Return the certificate as a PDF, in Chinese for every reader."""
    with translation.override("zh-hans"):
        inputs = {
            "title": _("数据删除证明"), "number": certificate.number,
            "facts": json.dumps(facts(certificate), ensure_ascii=False),
            "kept_title": _("依法保留的内容"),
            "kept": json.dumps([list(row) for row in kept(certificate)], ensure_ascii=False),
            "kept_heads": json.dumps([_("内容"), _("行数"), _("保留至"), _("依据")], ensure_ascii=False),
            "remarks": json.dumps(remarks(certificate), ensure_ascii=False),
            "tables_title": _("已删除的行数"),
            "tables": json.dumps([[name, str(rows)] for name, rows in deleted(certificate)], ensure_ascii=False),
            "digest": certificate.digest, "digest_label": _("内容摘要（SHA-256）"),
        }  # fmt: skip
    return papers.pdf(PAPER, inputs, certificate.issued_on)


def facts(certificate: Certificate) -> list[tuple[str, str]]:
    """Return (label, words) of what was deleted and by whom."""
    words = certificate.words
    return [
        (_("证明编号"), certificate.number),
        (_("机构"), f"{words['agency']['name']}（{words['agency']['slug']}）"),
        (_("统一社会信用代码"), words["agency"]["credit_code"] or "–"),
        (_("申请"), f"{words['asked_on']} {words['asked_by']}"),
        (_("提议删除"), f"{words['proposed_on']} {words['proposed_by']}"),
        (_("确认删除"), f"{words['confirmed_on']} {words['confirmed_by']}"),
        (_("删除完成"), words["done_on"]),
        (_("删除的表与行"), f"{len(words['tables'])} / {sum(words['tables'].values())}"),
        (_("删除的文件"), _("%(n)d 个，%(size)d 字节") % {"n": words["files"], "size": words["bytes"]}),
        (_("数据密钥"), _("已销毁")),
        (_("停用的成员"), str(words["members"])),
    ]


def deleted(certificate: Certificate) -> list[tuple[str, int]]:
    """Return (table, rows) of what was deleted, tables that were empty left out."""
    return sorted((name, rows) for name, rows in certificate.words["tables"].items() if rows)


def kept(certificate: Certificate) -> list[tuple[str, str, str, str]]:
    """Return (what, rows, until, why) of what the law wants kept."""
    whys = {model._meta.db_table: str(retention.why) for model, retention in kept_models()}
    return [
        (row["table"], str(row["rows"]), row["keep_until"], whys.get(row["table"], row["kind"]))
        for row in certificate.words["retained"]
    ]


def remarks(certificate: Certificate) -> list[str]:
    """Return what else must be said: facts that stay, backups that still hold the data."""
    words = certificate.words
    facts_kept = words["shared"].get("evaluation_fact", 0)
    return [
        _("共享平台上的 %(n)d 条统计事实（站点、指标、日期、数量）保留，不含姓名；其中的"
            "人员代号由已销毁的密钥算出，任何人都不能再还原。")
        % {"n": facts_kept},
        _("依法保留的账簿行不含姓名：人员只以代号出现，摘要里写有姓名的已隐去；原有的逐笔和日终校验值仍可核验。"),
        _("%(day)s 之前做的数据库和文件备份仍含本机构的数据（加密字段连同封装的密钥），"
            "最迟在 %(until)s 全部过期删除；"
            "在此之前只用于整库灾难恢复，恢复后会再次执行本次删除。")
        % {"day": words["done_on"], "until": words["backups_until"]},
    ]  # fmt: skip


def _words(leaving: Leaving, tenant: Tenant, number: str, day: dt.date) -> dict[str, Any]:
    retained = (
        RetainedRecord.objects.filter(tenant=tenant)
        .order_by("table")
        .values("table", "kind")
        .annotate(count=Sum("rows"), until=Max("keep_until"))
    )
    digests: dict[str, list[str]] = {}
    for table, digest in RetainedRecord.objects.filter(tenant=tenant).values_list("table", "digest"):
        digests.setdefault(table, []).append(digest)
    counts = leaving.counts
    return {
        "number": number,
        "agency": {"name": tenant.name, "slug": tenant.slug, "credit_code": tenant.credit_code},
        "asked_on": _day(leaving.asked_at), "asked_by": leaving.asked_by,
        "proposed_on": _day(leaving.proposed_at), "proposed_by": leaving.proposed_by,
        "confirmed_on": _day(leaving.confirmed_at), "confirmed_by": leaving.confirmed_by,
        "done_on": day.isoformat(),
        "tables": counts["tables"], "files": counts["files"], "bytes": counts["bytes"], "shared": counts["shared"],
        "members": counts["members"], "sessions": counts["sessions"], "key_destroyed": True,
        "retained": [
            {"table": row["table"], "kind": row["kind"], "rows": row["count"], "keep_until": row["until"].isoformat(),
             "digests": digests[row["table"]]}
            for row in retained
        ],
        "backups_until": (day + dt.timedelta(days=settings.BACKUP_DAYS)).isoformat(),
    }  # fmt: skip


def _next_number(day: dt.date) -> str:
    prefix = f"LD-{day.year}-"
    last = Certificate.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    return f"{prefix}{int(last[0].removeprefix(prefix)) + 1 if last else 1:04d}"


def _day(moment: dt.datetime | None) -> str:
    return local_day(moment).isoformat() if moment else ""
