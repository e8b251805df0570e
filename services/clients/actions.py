"""Open and change files, note categories, close, and look at a sealed field."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict, Refused, RefusedFields
from common.texts.identity import IdNumber, id_number, masked_phone, phone_number
from common.texts.names import LONGEST, readings, search_key
from evaluation import door as evaluation
from services.clients import codes, rules
from services.clients.models import Client, ClientCategory, Household, Reveal
from services.clients.privacy import alerts, consents
from services.clients.privacy.sealed import id_number_hash, opened, phone_hash, sealed, subject_key, thing_key
from services.journal import log
from services.network.models import Site
from services.network.queries import counting_site
from services.people.models import Staff
from tenants.running import current_slug

REVEALABLE = ("id_number", "phone", "address", "remark")
SHORTEST_REASON = 4  # letters: shorter ones ("要用") say nothing to who reads the log
SAMPLE_MARK = "（示例）"  # part of a sample's name, so that it stands wherever the name does


class CannotKeepClient(RefusedFields):
    """The file breaks a rule."""


class ClientKnown(Conflict):
    """Somebody with this ID number already has a file here."""


class CannotMerge(Conflict):
    """One and the same file, or one that was merged already."""


class CannotReveal(Refused):
    """No such sealed field, or no proper reason."""


@dataclass(frozen=True)
class ClientFile:
    """What a worker writes on a client's file. Empty strings mean "not said"."""

    name: str
    site: Site
    id_number: str = ""
    phone: str = ""
    address: str = ""
    remark: str = ""
    gender: str = ""
    birth_on: dt.date | None = None
    household: Household | None = None
    relation: str = ""
    registered_region: str = ""
    living_region: str = ""
    worker: Staff | None = None
    is_restricted: bool = False
    categories: tuple[str, ...] = field(default=())


@transaction.atomic
def open_household(*, title: str, site: Site, address: str, opened_on: dt.date, by: User | None) -> Household:
    """Open a household file with the next number of the agency."""
    household = Household(number=_next_number(Household, "H", opened_on), title=title, site=site, opened_on=opened_on)
    household.address_sealed = sealed(household, "address", address)
    household.save()
    evaluation.record_facts(tenant=current_slug(), facts=[household_fact(household)])
    log.write("clients.household.opened", on=household, by=by, site=site.code)
    return household


@transaction.atomic
def open_file(
    *, file: ClientFile, opened_on: dt.date, today: dt.date, by: User | None, is_sample: bool = False
) -> Client:
    """Open a client's file and tell evaluation that there is one more; of a sample nothing is told.

    A restricted file with this ID number is not told of: the new one is opened, and the data officer hears of both.

    :raises CannotKeepClient: with the reasons by field.
    :raises ClientKnown: if the ID number already has a file in this agency that `by` may know of.
    """
    number = _checked(file, opened_on, today)
    number_of = _next_number(Client, "S" if is_sample else "C", opened_on)
    client = Client(number=number_of, opened_on=opened_on, is_sample=is_sample)
    _fill(client, file, number)
    _save(client, by)
    if file.is_restricted and file.worker:
        client.named_workers.add(file.worker)
    for code in file.categories:
        note_category(client=client, code=code, from_on=opened_on, to_on=None, proof="", today=today, by=by)
    _replace_facts(client)
    report_household(client.household)
    log.write("clients.client.opened", on=client, by=by, site=file.site.code)
    return client


@transaction.atomic
def change_file(*, client: Client, file: ClientFile, today: dt.date, by: User | None) -> Client:
    """Write the file anew; a sealed field that comes in empty keeps what it holds.

    :raises CannotKeepClient: with the reasons by field.
    :raises ClientKnown: if the ID number belongs to another file.
    :raises services.clients.privacy.consents.Stopped: once the person has withdrawn their consent.
    """
    consents.check(client)
    number = _checked(file, client.opened_on, today)
    left = client.household if client.household != file.household else None
    _fill(client, file, number)
    client.changed_at = timezone.now()
    _save(client, by)
    _replace_facts(client)
    report_household(left)
    report_household(client.household)
    log.write("clients.client.changed", on=client, by=by)
    return client


@transaction.atomic
def note_category(
    *, client: Client, code: str, from_on: dt.date, to_on: dt.date | None, proof: str, today: dt.date, by: User | None
) -> ClientCategory:
    """Note that the client belongs to a category from a day on.

    :raises CannotKeepClient: for an unknown code or days already noted.
    :raises services.clients.privacy.consents.Stopped: once the person has withdrawn their consent.
    """
    consents.check(client)
    in_force = codes.in_force(from_on)
    spans = list(client.categories.filter(code=code).values_list("from_on", "to_on"))
    if problems := rules.category_problems(
        code=code, known=in_force.by_code(), from_on=from_on, to_on=to_on, spans=spans
    ):
        raise CannotKeepClient({"code": problems})
    category = ClientCategory.objects.create(
        client=client, code=code, code_list=in_force.version, from_on=from_on, to_on=to_on, proof=proof
    )
    _replace_facts(client)
    log.write("clients.category.noted", on=client, by=by, category=category.ref)
    return category


@transaction.atomic
def end_category(*, category: ClientCategory, to_on: dt.date, by: User | None) -> None:
    """End a category on a day.

    :raises CannotKeepClient: if that is before it began.
    """
    if to_on < category.from_on:
        raise CannotKeepClient({"to_on": [_("结束日期不能早于开始日期。")]})
    category.to_on = to_on
    category.save(update_fields=["to_on"])
    log.write("clients.category.ended", on=category.client, by=by, category=category.ref)


@transaction.atomic
def restrict(*, client: Client, workers: Iterable[Staff], by: User | None) -> None:
    """Let only these workers see the file (domestic violence, protected minors); its household leaves all evidence.

    :raises CannotKeepClient: for nobody: a file must stay reachable.
    """
    named = list(workers)
    if not named:
        raise CannotKeepClient({"named_workers": [_("请至少指定一名可查看的社工。")]})
    client.is_restricted = True
    client.save(update_fields=["is_restricted"])
    client.named_workers.set(named)
    report_household(client.household)
    log.write("clients.client.restricted", on=client, by=by, workers=sorted(worker.ref for worker in named))


@transaction.atomic
def close_file(*, client: Client, by: User | None) -> None:
    """End the service; the file stays and can be opened again."""
    client.state = Client.State.CLOSED
    client.save(update_fields=["state"])
    log.write("clients.client.closed", on=client, by=by)


@transaction.atomic
def reopen_file(*, client: Client, by: User | None) -> None:
    """Take up the service again.

    :raises CannotMerge: for a file that was merged into another.
    """
    if client.merged_into_id:
        raise CannotMerge(_("这份档案已并入另一份，不能恢复。"))
    client.state = Client.State.ACTIVE
    client.save(update_fields=["state"])
    log.write("clients.client.reopened", on=client, by=by)


@transaction.atomic
def merge_files(*, keep: Client, duplicate: Client, by: User | None) -> None:
    """Note that two files are of one person: the duplicate leads to the one that is kept, is closed, counts no more.

    What hangs on the duplicate stays there. If either was restricted, both are, for the workers of both.

    :raises CannotMerge: for one and the same file, or if either was merged already.
    """
    # In the order of their numbers, so that two merges of the same pair the other way round do not lock each other out.
    pair = Client.objects.select_for_update(no_key=True).filter(pk__in=[keep.pk, duplicate.pk]).order_by("pk")
    locked = {client.pk: client for client in pair}
    if len(locked) != 2:
        raise CannotMerge(_("请选择另一份档案。"))
    if any(client.is_sample for client in locked.values()):
        raise CannotMerge(_("示例档案不能与真实档案合并。"))
    if any(client.merged_into_id for client in locked.values()):
        raise CannotMerge(_("其中一份档案已经并入别的档案。"))
    kept, gone = locked[keep.pk], locked[duplicate.pk]
    if kept.is_restricted or gone.is_restricted:
        named = {*kept.named_workers.all(), *gone.named_workers.all()}
        for file in (kept, gone):
            file.is_restricted = True
            file.named_workers.add(*named)
            file.save(update_fields=["is_restricted"])
            report_household(file.household)
    if gone.stopped_on and not kept.stopped_on:  # one person's withdrawal holds for both files
        kept.stopped_on = gone.stopped_on
        kept.save(update_fields=["stopped_on"])
    gone.merged_into, gone.state, gone.changed_at = kept, Client.State.CLOSED, timezone.now()
    gone.save(update_fields=["merged_into", "state", "changed_at"])
    for given, locked_row in ((keep, kept), (duplicate, gone)):  # the callers hold rows read before the lock
        given.merged_into, given.state = locked_row.merged_into, locked_row.state
        given.is_restricted = locked_row.is_restricted
    evaluation.withdraw_facts(tenant=current_slug(), source_prefix=_source(duplicate), why=evaluation.Why.MERGED)
    log.write("clients.client.merged", on=duplicate, by=by, into=keep.ref)


def reveal(*, client: Client, field: str, reason: str, by: User) -> str:
    """Return a sealed field in clear, after the reason has been logged and committed.

    :raises CannotReveal: for an unknown or empty field, or a reason of fewer than 4 characters.
    :raises services.clients.privacy.consents.Stopped: once the person has withdrawn their consent.
    """
    if field not in REVEALABLE:
        raise CannotReveal(_("没有这一项。"))
    consents.check(client)
    if len(reason.strip()) < SHORTEST_REASON or len(reason) > 200:
        raise CannotReveal(_("请写明查看的理由（4 至 200 字）。"))
    with transaction.atomic():
        Reveal.objects.create(client=client, field=field, reason=reason.strip(), by=by.ref)
        log.write("clients.client.revealed", on=client, by=by, field=field)
        alerts.report_reveals(by)
    return opened(client, field)


def _checked(file: ClientFile, opened_on: dt.date, today: dt.date) -> IdNumber | None:
    problems: dict[str, list[str]] = {}
    number = None
    if file.id_number:
        try:
            number = id_number(file.id_number, today)
        except ValueError as wrong:
            problems["id_number"] = [str(wrong)]
    if file.phone:
        try:
            phone_number(file.phone)
        except ValueError as wrong:
            problems["phone"] = [str(wrong)]
    problems |= rules.client_problems(
        name=file.name,
        birth_on=file.birth_on,
        id_birth_on=number.born_on if number else None,
        gender=file.gender,
        id_gender=number.gender if number else "",
        opened_on=opened_on,
        today=today,
    )
    if file.is_restricted and file.worker is None:
        problems["worker"] = [_("限制查看的档案要有负责社工。")]
    if problems:
        raise CannotKeepClient(problems)
    return number


def _fill(client: Client, file: ClientFile, number: IdNumber | None) -> None:
    if client.is_sample and not file.name.endswith(SAMPLE_MARK):
        file = replace(file, name=f"{file.name[: LONGEST - len(SAMPLE_MARK)]}{SAMPLE_MARK}")
    (client.pinyin, client.initials), *others = readings(file.name)
    client.other_pinyin, client.other_initials = others[0] if others else ("", "")
    client.name, client.name_key = file.name, search_key(file.name)
    client.site, client.household, client.relation = file.site, file.household, file.relation
    client.worker, client.is_restricted = file.worker, file.is_restricted
    client.registered_region, client.living_region = file.registered_region, file.living_region
    client.gender = file.gender or (number.gender if number else client.gender)
    client.birth_on = file.birth_on or (number.born_on if number else client.birth_on)
    if number:
        client.id_number_sealed = sealed(client, "id_number", number.value)
        client.id_number_hash = id_number_hash(number.value)
    if file.phone:
        phone = phone_number(file.phone)
        client.phone_sealed = sealed(client, "phone", phone)
        client.phone_hash, client.phone_masked = phone_hash(phone), masked_phone(phone)
    if file.address:
        client.address_sealed = sealed(client, "address", file.address)
    if file.remark:
        client.remark_sealed = sealed(client, "remark", file.remark)


def _save(client: Client, by: User | None) -> None:
    same = alerts.files_known_to(by).exclude(pk=client.pk).filter(id_number_hash=client.id_number_hash)
    if client.id_number_hash and same.exists():
        raise ClientKnown(_("这个身份证号在本机构已有档案，请先查找。"))
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as clash:
        if "id_number_hash" not in str(clash):
            raise
        raise ClientKnown(_("这个身份证号在本机构已有档案，请先查找。")) from None
    alerts.report_twins(client, by)


def facts(client: Client, categorised_on: dt.date | None) -> list[evaluation.Fact]:
    """Return that this file exists, and since when it has a category (`categorised_on` is its first one's day).

    A file that was merged into another says nothing, nor does a sample.
    """
    if client.merged_into_id or client.is_sample:
        return []
    station, subject = counting_site(client.site).code, subject_key(client.ref)
    filed = [evaluation.Fact(station, "clients_filed", client.opened_on, Decimal(1), _source(client), subject)]
    if categorised_on:
        since = max(categorised_on, client.opened_on)
        filed.append(evaluation.Fact(station, "clients_with_category", since, Decimal(1), _source(client), subject))
    return filed


def household_fact(household: Household) -> evaluation.Fact:
    """Return that this household has a file."""
    station = counting_site(household.site).code
    source = f"clients.household:{household.ref}"
    home = evaluation.Belonging(
        thing_key(evaluation.Sort.HOUSEHOLD, household.ref), evaluation.Sort.HOUSEHOLD, opened_on=household.opened_on
    )
    return evaluation.Fact(station, "households_filed", household.opened_on, Decimal(1), source, thing=home)


def report_household(household: Household | None) -> None:
    """Write the fact that a household has a file; none for one with a restricted member: it would lead to them."""
    if household is None:
        return
    fact = household_fact(household)
    secret = household.members.filter(is_restricted=True).exists()
    why = evaluation.Why.RESTRICTED if secret else evaluation.Why.CORRECTED
    evaluation.replace_facts(tenant=current_slug(), source_prefix=fact.source, facts=[] if secret else [fact], why=why)


def _replace_facts(client: Client) -> None:
    first = client.categories.order_by("from_on").values_list("from_on", flat=True).first()
    evaluation.replace_facts(tenant=current_slug(), source_prefix=_source(client), facts=facts(client, first))


def _source(client: Client) -> str:
    return f"clients.client:{client.ref}"


def _next_number(model: type[Client] | type[Household], letter: str, opened_on: dt.date) -> str:
    """Return the next free number such as C2026-00017; two at once wait for each other."""
    # An advisory lock and not a sequence: numbers of a year have no gaps, also where a transaction is rolled back.
    prefix = f"{letter}{opened_on.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|{prefix}"])
    last = model.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"
