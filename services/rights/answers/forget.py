"""Delete what can go of one person's data now; what the law keeps stays under a pseudonym, and is said with its day.

Rows stay and go on counting; their personal fields are emptied by each model's own `privacy`. Money books are not
touched: they name nobody.
"""

import datetime as dt
from collections import Counter
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from common.retention import ACCOUNTING_YEARS
from services.clients.models import Client, ClientCategory, Consent
from services.clients.privacy import consents
from services.grants.models import Application, Payment, Repayment
from services.journal import log
from services.people.models import Staff
from services.rights.answers.gather import SEALED, PersonRow, files_of, rows_about
from services.rights.models import PersonRequest

# Vouchers of money paid out: who was paid, and how. Kept as long as the books they belong to.
BY_LAW: Final = (Payment, Repayment)
ENDED: Final = (Application.State.REJECTED, Application.State.WITHDRAWN, Application.State.CONFIRMED)


class CannotForget(Conflict):
    """Something about the person is still going on, or the law keeps all of it."""


@transaction.atomic
def forget(*, person: Any, keep: PersonRequest, today: dt.date, by: User | None) -> dict[str, Any]:
    """Empty what can go and return what went and what stays: {"emptied": {table: rows}, "kept": [[what, until, why]]}.

    :param keep: the request that asks for it; its own words stay until it is answered.
    :raises CannotForget: for staff, and while an application of theirs is under way.
    """
    if isinstance(person, Staff):
        raise CannotForget(_("在职和离职人员的资料依劳动法规保存，不能删除；可以复制或更正。"))
    files = files_of(person)
    if isinstance(person, Client):
        under_way = Application.objects.filter(need__client__in=files).exclude(state__in=ENDED)
        if under_way.exists():
            raise CannotForget(_("还有未办结的资助申请，请先办结或撤回，再办理删除。"))
    emptied: Counter[str] = Counter()
    kept: list[list[str]] = []
    for person_row in list(rows_about(person)):
        if person_row.row == keep:
            continue
        if isinstance(person_row.row, BY_LAW):
            _keep(person_row.row, kept)
        elif isinstance(person_row.row, ClientCategory):
            person_row.row.delete()
            emptied[person_row.row._meta.db_table] += 1
        elif _empty(person_row):
            emptied[person_row.row._meta.db_table] += 1
        if person_row.is_shared and any(getattr(person_row.row, name) for name in _sealed_names(person_row.row)):
            kept.append([_("多人参加的服务记录"), "", _("文字内容涉及其他人；已不能由本人的档案找到。")])
    for file in files:
        _pseudonym(file, today)
    if isinstance(person, Client):
        _empty_household(person)
    kept.append([
        _("统计事实"), "", _("共享平台只有数量和代号，不含姓名。"),
    ])  # fmt: skip
    until = today + dt.timedelta(days=settings.BACKUP_DAYS)
    kept.append([_("数据库备份"), until.isoformat(), _("备份到期自动删除；在此之前只用于灾难恢复。")])
    log.write("rights.person.forgotten", on=person, by=by, rows=sum(emptied.values()))
    return {"emptied": dict(emptied), "kept": _once(kept)}


def _empty(person_row: PersonRow) -> bool:
    """Empty a row's personal fields; of a row that others share only what no other stands in. Tell if any was."""
    row, changed = person_row.row, []
    for name in row.privacy.personal:
        field = row._meta.get_field(name)
        value = getattr(row, name)
        if not value or field.unique or (person_row.is_shared and name.endswith(SEALED)):
            continue
        setattr(row, name, None if field.null else b"" if isinstance(field, BinaryField) else "")
        changed.append(name)
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in changed})
    return bool(changed)


def _pseudonym(file: Any, today: dt.date) -> None:
    """Put a pseudonym where the name was, close the file and let nothing more be recorded of it."""
    changes: dict[str, Any] = {"name": _("已删除 %(code)s") % {"code": file.ref[:4]}}
    if isinstance(file, Client):
        changes |= {"number": f"D-{file.ref}", "id_number_hash": None, "state": Client.State.CLOSED}
    type(file)._default_manager.filter(pk=file.pk).update(**changes)
    for name, value in changes.items():
        setattr(file, name, value)
    if not file.stopped_on:
        giver = Consent.Giver.SELF
        consents.withdraw(person=file, purpose=Consent.Purpose.SERVICE, on=today, giver=giver, name="", by=None)


def _empty_household(person: Client) -> None:
    """Empty the household's own words once nobody else lives in it."""
    home = person.household
    if home is None or home.members.exclude(stopped_on__isnull=False).exists():
        return
    home.title, home.address_sealed = _("已删除 %(code)s") % {"code": home.ref[:4]}, None
    home.save(update_fields=["title", "address_sealed"])


def _keep(row: Any, kept: list[list[str]]) -> None:
    day = getattr(row, "paid_on", None) or getattr(row, "received_on", None)
    if day:
        until = dt.date(day.year + ACCOUNTING_YEARS, 12, 31).isoformat()
        kept.append([_("资助付款凭证"), until, _("会计凭证和账簿保存 30 年（会计档案管理办法）")])


def _sealed_names(row: Any) -> list[str]:
    return [field.name for field in row._meta.concrete_fields if field.name.endswith(SEALED)]


def _once(lines: list[list[str]]) -> list[list[str]]:
    """Return equal lines once, the latest day of each."""
    latest: dict[tuple[str, str], str] = {}
    for what, until, why in lines:
        latest[what, why] = max(latest.get((what, why), ""), until)
    return [[what, until, why] for (what, why), until in latest.items()]
