"""The menu of each host as data: by noun, cut down to what this person may open and this host has."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.access import Access, access_of
from accounts.permissions import Permission


@dataclass(frozen=True)
class Item:
    """A line of the menu. `permission` None means every signed-in person, `floor` "" either host.

    `covers` are the pages it stands for beside its own; a page that no line covers is its noun's first line's.
    """

    page: str
    label: Any
    icon: str
    permission: Permission | None = None
    group: Any = ""
    floor: str = ""
    covers: tuple[str, ...] = ()


AGENCY_HOST: Final = "agency"
SHARED_HOST: Final = "shared"
SERVICE: Final = _("服务")
AGENCY: Final = _("机构")
BUYING: Final = _("政府购买")
SUPERVISION: Final = _("督导")
CHARITY: Final = _("公益基金")
PLATFORM: Final = _("平台")
OF_ONE_APPEAL: Final = ("contracts:appeal", "contracts:appeal-answer", "contracts:appeal-effect")
OF_MEMBERS: Final = ("joining:list", "joining:new", "joining:invitation")
OF_ONE_CONTRACT: Final = (
    "contracts:contract", "contracts:scorecard", "contracts:evidence", "contracts:marks", "contracts:mark",
    "contracts:sheets", "contracts:sheet", "contracts:sheet-correct", "contracts:history", "contracts:changes",
    "contracts:close",
    "contracts:sign", "contracts:sign-terms", "invitations:list", "invitations:new", "invitations:invitation",
)  # fmt: skip

# Pages of an agency's host and of the shared host; a page that the host does not have is left out.
ITEMS: Final = (
    Item("home", _("今日"), "today", floor=AGENCY_HOST),
    Item("home", _("首页"), "overview", floor=SHARED_HOST),
    Item("start:start", _("开始使用"), "check", Permission.STATION_MANAGE, floor=AGENCY_HOST),
    Item("records:list", _("服务记录"), "record", Permission.RECORD_VIEW, SERVICE),
    Item("clients:list", _("服务对象"), "clients", Permission.CLIENT_VIEW, SERVICE),
    Item("households:list", _("家庭"), "household", Permission.CLIENT_VIEW, SERVICE),
    Item("volunteers:list", _("志愿者"), "volunteer", Permission.VOLUNTEER_VIEW, SERVICE),
    Item("helping:list", _("求助"), "info", Permission.CLIENT_MANAGE, SERVICE, AGENCY_HOST, ("helping:request",)),
    Item("supervision:bookings", _("督导预约"), "supervision", Permission.SUPERVISION_BOOK, SERVICE),
    Item("funds:list", _("基金"), "fund", Permission.FUND_VIEW, CHARITY),
    Item("grants:list", _("资助申请"), "grant", Permission.GRANT_VIEW, CHARITY),
    Item("network:stations", _("服务站点"), "network", Permission.STATION_VIEW, AGENCY),
    Item("people:list", _("人员"), "staff", Permission.STAFF_VIEW, AGENCY),
    Item("contracts:own", _("合同与得分"), "score", Permission.OWN_SCORE_VIEW, AGENCY),
    Item("contracts:own-sheets", _("公布的得分"), "check", Permission.OWN_SCORE_VIEW, AGENCY, AGENCY_HOST),
    Item("members:list", _("成员与角色"), "members", Permission.MEMBER_MANAGE, AGENCY, covers=OF_MEMBERS),
    Item("rights:list", _("个人信息请求"), "eye", Permission.RIGHTS_ANSWER, AGENCY),
    Item("rights:alerts", _("数据安全提醒"), "info", Permission.LOG_VIEW, AGENCY),
    Item("leaving:exports", _("数据导出"), "export", Permission.AGENCY_LEAVE, AGENCY),
    Item("billing:plan", _("套餐与账单"), "contract", Permission.PLAN_MANAGE, AGENCY, AGENCY_HOST),
    Item("leave:page", _("退出平台"), "signout", Permission.AGENCY_LEAVE, AGENCY),
    Item("platform-access:list", _("平台紧急查看"), "eye", Permission.LOG_VIEW, AGENCY, AGENCY_HOST),
    Item("contracts:overview", _("总览"), "overview", Permission.CONTRACT_VIEW, BUYING),
    Item("contracts:list", _("购买合同"), "contract", Permission.CONTRACT_VIEW, BUYING, covers=OF_ONE_CONTRACT),
    Item("contracts:appeals", _("申诉"), "edit", Permission.SCORE_VIEW, BUYING, SHARED_HOST, OF_ONE_APPEAL),
    Item("contracts:ranking", _("站点排名"), "ranking", Permission.RANKING_VIEW, BUYING),
    Item("programmes:list", _("评估方案"), "programme", Permission.CONTRACT_VIEW, BUYING),
    Item("billing:plan", _("平台费用"), "fund", Permission.CONTRACT_MANAGE, BUYING, SHARED_HOST),
    Item("supervision:desk", _("督导工作台"), "desk", Permission.DESK_VIEW, SUPERVISION),
    Item("supervision:calendar", _("督导日历"), "today", Permission.DESK_VIEW, SUPERVISION),
    Item("supervision:availability", _("可约时间"), "clock", Permission.AVAILABILITY_OFFER, SUPERVISION),
    Item(
        "operating:agencies",
        _("入驻机构"),
        "agency",
        Permission.TENANT_OPERATE,
        PLATFORM,
        covers=("operating:agency", "operating:ask-emergency"),
    ),
    Item("register:list", _("机构核实"), "check", Permission.AGENCY_CONFIRM, PLATFORM, covers=("register:agency",)),
    Item(
        "operating:people",
        _("平台人员"),
        "members",
        Permission.TENANT_OPERATE,
        PLATFORM,
        covers=("operating:give-role",),
    ),
    Item(
        "operating:organisations",
        _("购买方与落地方"),
        "contract",
        Permission.TENANT_OPERATE,
        PLATFORM,
        covers=("operating:organisation", "operating:organisation-new"),
    ),
    Item("operating:emergencies", _("紧急查看"), "eye", Permission.TENANT_OPERATE, PLATFORM),
    Item("operating:logs", _("日志核对"), "lock", Permission.TENANT_OPERATE, PLATFORM),
    Item(
        "operating:unknown-commits",
        _("存疑的提交"),
        "info",
        Permission.TENANT_OPERATE,
        PLATFORM,
        covers=("operating:unknown-commit",),
    ),
    Item("payers:list", _("付款方"), "fund", Permission.TENANT_OPERATE, PLATFORM),
    Item(
        "payers:bills",
        _("账单"),
        "contract",
        Permission.TENANT_OPERATE,
        PLATFORM,
        covers=("payers:bill", "payers:receive", "payers:refund", "payers:fapiao"),
    ),
    Item("payers:events", _("支付平台"), "clock", Permission.TENANT_OPERATE, PLATFORM, covers=("payers:comparisons",)),
    Item("payers:coupons", _("优惠码"), "edit", Permission.TENANT_OPERATE, PLATFORM, covers=("payers:coupon-new",)),
    Item("letters:list", _("信件"), "info", Permission.TENANT_OPERATE, PLATFORM),
)
DOCK: Final = (
    Item("home", _("今日"), "today"),
    Item("records:new", _("记录"), "add", Permission.RECORD_WRITE),
    Item("clients:list", _("服务对象"), "clients", Permission.CLIENT_VIEW),
    Item("me", _("我的"), "me"),
)


@dataclass(frozen=True)
class Entry:
    """A line as shown."""

    label: Any
    icon: str
    href: str
    is_current: bool
    is_main: bool = False


@dataclass(frozen=True)
class Menu:
    """`groups` are (title, entries) for the left menu, `dock` the phone's bottom bar (agency host only).

    `work` is where a person's own work begins on this host.
    """

    groups: list[tuple[Any, list[Entry]]]
    dock: list[Entry]
    record: str
    search: str
    me: str
    work: str


def menu(request: HttpRequest) -> Menu:
    """Return the menu of this person on this host; worked out only if a template asks for it."""
    return SimpleLazyObject(lambda: _menu(request))  # type: ignore[return-value]  # stands in for the Menu


def _menu(request: HttpRequest) -> Menu:
    who = access_of(request)
    shown = [(item, href) for item in ITEMS if (href := _href(request, item, who))]
    current = _current(request, [item for item, _href_ in shown])
    groups: dict[Any, list[Entry]] = {}
    for item, href in shown:
        groups.setdefault(item.group, []).append(Entry(item.label, item.icon, href, item.page == current))
    dock = [
        Entry(item.label, item.icon, href, item.page == _page(request) or item.page == current, item.icon == "add")
        for item in DOCK
        if (href := _href(request, item, who))
    ]
    record, search, me = (_href(request, item, who) for item in (DOCK[1], DOCK[2], DOCK[3]))
    own = [href for item, href in shown if who.tenant or item.page != "home"]
    return Menu(list(groups.items()), dock if who.tenant else [], record, search, me, next(iter(own), "/"))


def _href(request: HttpRequest, item: Item, who: Access) -> str:
    """Return the item's address, or '' if this host has no such page or the person no such permission."""
    here = AGENCY_HOST if who.tenant else SHARED_HOST
    if not who.roles or item.floor not in ("", here) or (item.permission and not who.can(item.permission)):
        return ""
    try:
        return reverse(item.page, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        return ""


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _current(request: HttpRequest, items: list[Item]) -> str:
    """Return the menu page we are on, or the one that covers it, or else the first one of the same noun."""
    here = _page(request)
    noun = here.partition(":")[0] if ":" in here else ""
    for stands in (
        lambda item: item.page == here,
        lambda item: here in item.covers,
        lambda item: bool(noun) and item.page.startswith(f"{noun}:"),
    ):
        if found := next((item.page for item in items if stands(item)), ""):
            return found
    return ""
