"""Everything the agency holds about one person, found over the models' own relations, and nothing about anybody else.

A table that points at a client, a volunteer or a member of staff is found by itself, and what hangs on its rows too;
tests/services/rights hold what is left out, and why. Rows that only link the person to something several people share
(an attendance) lead on to it: of a service for several people the words are left out, they speak of the others as well.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import CASCADE, Field, ForeignKey, Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.sealing import CannotOpen
from services.clients import codes
from services.clients.models import Client, ClientCategory
from services.clients.privacy.sealed import opened, opened_value
from services.people.models import Staff
from services.records.models import RecordVersion
from services.volunteers.models import Volunteer

PERSONS: Final = (Client, Volunteer, Staff)
SEALED: Final = "_sealed"
# Not hers, though they point at her or at what is hers: whose they are.
LEFT_OUT: Final[Mapping[str, Any]] = {
    "grants.IdentityCheck": _("工作人员对同名档案的核对"),
    "grants.Ballot": _("委员的表决意见"),
    "grants.Opinion": _("监督员的意见"),
    "grants.Objection": _("他人提出的异议"),
    "clients.Client_named_workers": _("可查看档案的工作人员"),
    "clients.DataAlert": _("给数据负责人的提醒"),
    "volunteers.Volunteer_teams": _("队伍名单"),
}
# Names of people who ask for her, and what staff wrote about answering: not hers to carry away.
HIDDEN: Final = frozenset({"rights.PersonRequest.asker_sealed", "clients.Consent.giver_sealed", "people.Staff.user"})
TITLES: Final[Mapping[str, Any]] = {
    "clients.Client": _("档案"),
    "clients.ClientCategory": _("困难类别"),
    "clients.Reveal": _("加密内容的查看记录"),
    "clients.Consent": _("同意与撤回"),
    "records.ServiceRecord": _("服务记录"),
    "records.RecordVersion": _("服务记录的更正"),
    "grants.Need": _("求助需求"),
    "grants.Application": _("资助申请"),
    "grants.Payment": _("资助付款"),
    "grants.Repayment": _("退回资助"),
    "rights.PersonRequest": _("个人信息权利请求"),
    "volunteers.Volunteer": _("志愿者登记"),
    "volunteers.Training": _("培训"),
    "volunteers.HourRecord": _("服务时长"),
    "people.Staff": _("人员登记"),
    "people.Certificate": _("证书"),
    "people.Posting": _("岗位"),
}
WORDS: Final[Mapping[str, Any]] = {
    "id_number": _("身份证号"), "phone": _("电话"), "address": _("详细住址"), "remark": _("备注"),
    "note": _("记录内容"),
    "story": _("情况说明"), "findings": _("评估意见"), "confirmation": _("确认情况"), "payee": _("收款人"),
    "words": _("请求内容"), "answer": _("答复"), "said": _("更正前的内容"),
}  # fmt: skip
# What a row may point at and name: places and funds, never people.
PLACES: Final[Mapping[str, Any]] = {"network.Site": _("站点"), "funds.Fund": _("基金")}


@dataclass
class Section:
    """One kind of rows about the person: each row is (label, value) pairs of what it says."""

    label: str
    rows: list[list[tuple[str, str]]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(TITLES.get(self.label, self.label))


@dataclass(frozen=True)
class Held:
    """A row that is about the person. `is_shared` says that others stand in it too."""

    row: Any
    is_shared: bool = False


def rows_about(person: Any) -> Iterator[Held]:
    """Yield every row about the person: their file with its merged duplicates, and whatever leads from there."""
    seen: set[tuple[type[Model], Any]] = set()
    for file in files_of(person):
        yield Held(file)
        seen.add((type(file), file.pk))
        for held in _hanging_on(file, only_own=isinstance(file, Staff)):
            key = (type(held.row), held.row.pk)
            if key not in seen:
                seen.add(key)
                yield held


def files_of(person: Any) -> list[Any]:
    """Return the person's files: more than one where files were merged."""
    if not isinstance(person, Client):
        return [person]
    kept = person
    while kept.merged_into:
        kept = kept.merged_into
    found, waiting = [kept], [kept]
    while waiting:
        more = list(Client.objects.filter(merged_into=waiting.pop()))
        found += more
        waiting += more
    return found


def sections_about(person: Any) -> list[Section]:
    """Return what a copy says, section by section in the order of TITLES; empty ones are left out."""
    found: dict[str, Section] = {}
    for held in rows_about(person):
        label = held.row._meta.label
        if said := _told(held):
            found.setdefault(label, Section(label)).rows.append(said)
    order = list(TITLES)
    return sorted(found.values(), key=lambda one: order.index(one.label) if one.label in order else len(order))


def _hanging_on(row: Model, *, only_own: bool = False, is_shared: bool = False) -> Iterator[Held]:
    """Yield the rows that point at `row`, and theirs. `only_own`: those alone that go with it (a worker's own papers,
    not the clients worked with)."""
    for model, link in pointing_at(type(row)):
        if model in PERSONS or model._meta.label in LEFT_OUT:
            continue
        if only_own and link.remote_field.on_delete is not CASCADE and model._meta.app_label != "rights":
            continue
        for found in model._default_manager.filter(**{link.name: row}).order_by("pk"):
            if _is_link(model):
                yield from _beyond(found, but=link)
            else:
                yield Held(found, is_shared)
                yield from _hanging_on(found, is_shared=is_shared)


def pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    """Yield every model with a foreign key to this one, and the key; those without a way back included."""
    for relation in model._meta.get_fields(include_hidden=True):
        link = getattr(relation, "field", None)
        if relation.auto_created and isinstance(link, ForeignKey):
            yield link.model, link


def _beyond(link_row: Any, but: "Field[Any, Any]") -> Iterator[Held]:
    """Yield what a link row leads to: a service, which is shared if others attended it."""
    for field_ in link_row._meta.concrete_fields:
        if isinstance(field_, ForeignKey) and field_ != but and field_.related_model not in PERSONS:
            row = getattr(link_row, field_.name)
            others = type(link_row)._default_manager.filter(**{field_.name: row}).exclude(pk=link_row.pk)
            is_shared = others.exists()
            yield Held(row, is_shared)
            yield from _hanging_on(row, is_shared=is_shared)


def _is_link(model: type[Model]) -> bool:
    """Tell whether rows of a model say nothing themselves: only keys and refs."""
    return all(isinstance(each, ForeignKey) or each.name in ("id", "ref") for each in model._meta.concrete_fields)


def _told(held: Held) -> list[tuple[str, str]]:
    said = []
    for each in held.row._meta.concrete_fields:
        if f"{held.row._meta.label}.{each.name}" in HIDDEN or not _is_told(each, held.is_shared):
            continue
        value = _value(held.row, each)
        if value:
            said.append((_label(each), value))
    if isinstance(held.row, Client) and held.row.household:
        said.append((str(_("家庭档号")), held.row.household.number))
        if address := opened(held.row.household, "address"):
            said.append((str(_("家庭住址")), address))
    if isinstance(held.row, Volunteer):
        said.append((str(_("队伍")), "、".join(held.row.teams.values_list("name", flat=True))))
    if isinstance(held.row, Staff) and held.row.user:
        said += [(str(_("用户名")), held.row.user.username), (str(_("邮箱")), held.row.user.email)]
    if held.is_shared and _holds_words(held.row):
        said.append((str(_("说明")), str(_("这项服务还有其他人参加，文字内容涉及他人，不在副本中。"))))
    return said


def _is_told(each: "Field[Any, Any]", is_shared: bool) -> bool:
    """Tell whether a field is for people: it has a name in words, or is sealed; and points at nobody."""
    if each.name.endswith(SEALED):
        return not is_shared
    if isinstance(each, ForeignKey):
        return each.related_model._meta.label in PLACES
    if each.primary_key:
        return False
    if is_shared and each.name in getattr(each.model, "privacy").personal:  # noqa: B009  # every model of ours has one
        return False
    return isinstance(each._verbose_name, Promise | str)  # type: ignore[attr-defined]  # the name its author gave


def _holds_words(row: Any) -> bool:
    return any(each.name.endswith(SEALED) and getattr(row, each.name) for each in row._meta.concrete_fields)


def _label(each: "Field[Any, Any]") -> str:
    if each.name.endswith(SEALED):
        name = each.name.removesuffix(SEALED)
        return str(WORDS.get(name, name))
    if each.related_model is not None:
        return str(PLACES[each.related_model._meta.label])
    return str(each.verbose_name)


def _value(row: Any, each: "Field[Any, Any]") -> str:
    if each.name.endswith(SEALED):
        return _opened(row, each.name.removesuffix(SEALED))
    if isinstance(row, ClientCategory) and each.name == "code":
        return codes.title_of(row.code)
    if each.choices:
        return str(getattr(row, f"get_{each.name}_display")())
    value = getattr(row, each.name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if each.get_internal_type() == "DateTimeField":
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def _opened(row: Any, name: str) -> str:
    try:
        return _earlier_note(row) if isinstance(row, RecordVersion) else opened(row, name)
    except CannotOpen:
        return ""


def _earlier_note(version: RecordVersion) -> str:
    """Return what a record said of this person alone before a correction; '' where it named others too."""
    value = bytes(version.said_sealed)
    clear = opened_value(value, kind="servicerecord", ref=version.record.ref, field=f"version{version.version}")
    said = json.loads(clear or "{}")
    return str(said.get("note", "")) if len(said.get("clients", [])) <= 1 else ""
