"""Clients' files: find, open, read, change, reveal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, label
from common.refusals import Refused
from directory import door as directory
from services.clients import actions, codes
from services.clients.access import get_client, served_clients, visible_clients, visible_households
from services.clients.forms import CategoryForm, ClientFilter, ClientForm, EndCategoryForm, RestrictForm, RevealForm
from services.clients.models import Client
from services.clients.queries import find
from services.journal import log
from services.people.access import sites_in_reach, staff_of


def worker_name(client: Client) -> str:
    return client.worker.name if client.worker else ""


COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="name_key", template="clients/_name.html"),
    Column("number", gettext_lazy("编号"), sort="number", wide=True),
    Column("gender", gettext_lazy("性别"), sort="gender", value=label("gender"), wide=True),
    Column("birth_on", gettext_lazy("出生日期"), sort="birth_on"),
    Column(
        "categories",
        gettext_lazy("类别"),
        value=lambda client: "、".join(codes.title_of(category.code) for category in client.categories.all()),
    ),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda client: client.site.name),
    Column("worker", gettext_lazy("负责社工"), sort="worker__name_key", value=worker_name, wide=True),
    Column("opened_on", gettext_lazy("建档日期"), sort="opened_on", wide=True),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
]


@allow(Permission.CLIENT_VIEW)
def clients(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    rows = served_clients(request, today).filter(merged_into=None)
    rows = rows.select_related("site", "worker").prefetch_related("categories")
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        order="-opened_on",
        search=find,
        form=ClientFilter(request.GET, sites=sites_in_reach(request, today)),
    )
    if listing.wants_export:
        return listing.export(
            _("服务对象"),
            told=lambda: log.write("clients.list.exported", on=request.user, by=request.user, rows=listing.total),
        )
    context = {
        "list": listing,
        "title": _("服务对象"),
        "hint": _("姓名、拼音、首字母或编号"),
        "act_href": reverse("clients:new") if can(request, Permission.CLIENT_MANAGE) else "",
        "act_label": _("建立档案"),
        "empty_title": _("还没有服务对象"),
        "empty_text": _("为第一位服务对象建立档案后，就可以记录走访和服务。"),
    }
    return render(request, "list.html", context)


@allow(Permission.CLIENT_VIEW)
def client(request: MemberRequest, ref: str) -> HttpResponse:
    client = get_client(request, ref, Permission.CLIENT_VIEW, timezone.localdate())
    log.write("clients.client.read", on=client, by=request.user)
    return render(request, "clients/client.html", _file_context(request, client))


@allow(Permission.CLIENT_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    sites = sites_in_reach(request, today)
    household = request.GET.get("household", "")
    initial = {"site": sites.open().first(), "worker": staff_of(request), "household": household}
    households = visible_households(request, today)
    form = ClientForm(request.POST or None, sites=sites, households=households, initial=initial)

    def action(data: dict[str, Any]) -> str:
        client = actions.open_file(file=form.file(), opened_on=today, today=today, by=request.user)
        return reverse("clients:client", args=[client.ref])

    return handle_form(
        request, form, FormPage(_("建立档案"), _("建立档案"), _("档案已建立。"), reverse("clients:list")), action
    )


@allow(Permission.CLIENT_MANAGE)
def change(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    client = get_client(request, ref, Permission.CLIENT_MANAGE, today)
    fields = ("name", "gender", "birth_on", "site", "worker", "household", "relation", "registered_region",
              "living_region", "is_restricted")  # fmt: skip
    form = ClientForm(
        request.POST or None,
        sites=sites_in_reach(request, today),
        households=visible_households(request, today),
        changing=True,
        initial={name: getattr(client, name) for name in fields},
    )

    def action(data: dict[str, Any]) -> None:
        actions.change_file(client=client, file=form.file(), today=today, by=request.user)

    return handle_form(request, form, _page(client, _("修改档案"), _("保存"), _("档案已更新。")), action)


@never_cache
@allow(Permission.CLIENT_REVEAL)
def reveal(request: MemberRequest, ref: str, field: str) -> HttpResponse:
    """Ask for the reason; with a good one show the value once, on a page that nobody keeps."""
    client = get_client(request, ref, Permission.CLIENT_REVEAL, timezone.localdate())
    form = RevealForm(request.POST or None)
    value = ""
    if request.method == "POST" and form.is_valid():
        # Not handle_form: the value is shown in the answer to this POST; to show it after a redirect, it would have to
        # be kept somewhere in between.
        try:
            value = actions.reveal(client=client, field=field, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
    labels = {"id_number": _("身份证号"), "phone": _("电话"), "address": _("详细住址"), "remark": _("备注")}
    context = {"client": client, "form": form, "value": value, "what": labels.get(field, ""), "field": field}
    return render(request, "clients/reveal.html", context)


@allow(Permission.CLIENT_MANAGE)
def category(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    client = get_client(request, ref, Permission.CLIENT_MANAGE, today)

    def action(data: dict[str, Any]) -> None:
        actions.note_category(client=client, **data, today=today, by=request.user)

    page = _page(client, _("登记类别"), _("登记类别"), _("类别已登记。"))
    return handle_form(request, CategoryForm(request.POST or None), page, action)


@allow(Permission.CLIENT_MANAGE)
def end_category(request: MemberRequest, ref: str, category_ref: str) -> HttpResponse:
    client = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    category = get_object_or_404(client.categories.select_related("client"), ref=category_ref)

    def action(data: dict[str, Any]) -> None:
        actions.end_category(category=category, **data, by=request.user)

    title = _("结束类别：%(title)s") % {"title": codes.title_of(category.code)}
    page = _page(client, title, _("结束类别"), _("类别已结束。"))
    return handle_form(request, EndCategoryForm(request.POST or None), page, action)


@allow(Permission.CLIENT_MANAGE)
def restrict(request: MemberRequest, ref: str) -> HttpResponse:
    client = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    form = RestrictForm(request.POST or None, initial={"workers": client.named_workers.all()})

    def action(data: dict[str, Any]) -> str:
        actions.restrict(client=client, **data, by=request.user)
        return reverse("clients:list")

    return handle_form(request, form, _page(client, _("限制查看"), _("限制查看"), _("已限制查看。")), action)


@allow(Permission.CLIENT_MANAGE)
@act(back="clients:client")
def close(request: MemberRequest, ref: str) -> Done:
    client = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    actions.close_file(client=client, by=request.user)
    return Done(_("服务已结束。"), undo=reverse("clients:reopen", args=[client.ref]))


@allow(Permission.CLIENT_MANAGE)
@act(back="clients:client")
def reopen(request: MemberRequest, ref: str) -> Done:
    client = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    actions.reopen_file(client=client, by=request.user)
    return Done(_("已恢复服务。"))


def _file_context(request: HttpRequest, client: Client) -> dict[str, object]:
    places = directory.regions([code for code in (client.registered_region, client.living_region) if code])
    names = {code: region.full_name for code, region in places.items()}
    records = client.attendances.select_related("record__worker", "record__site").order_by("-record__held_at")
    return {
        "client": client,
        "categories": [(category, codes.title_of(category.code)) for category in client.categories.all()],
        "registered": names.get(client.registered_region, ""),
        "living": names.get(client.living_region, ""),
        "records": [attendance.record for attendance in records[:20]],
        "records_total": records.count(),
        "merged_into": _kept_file(request, client),
        "crumbs": [(_("服务对象"), reverse("clients:list")), (client.name, "")],
    }


def _kept_file(request: HttpRequest, client: Client) -> Client | None:
    """Return the file this one was merged into, if this person may know of it."""
    return visible_clients(request, timezone.localdate()).filter(pk=client.merged_into_id or 0).first()


def _page(client: Client, title: str, submit: str, done: str) -> FormPage:
    return FormPage(title, submit, done, reverse("clients:client", args=[client.ref]), client.name)
