"""The steps of an agency's first hour. A step is done because the data says so, never because somebody ticked it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts import door as contracts
from services.clients.models import Client
from services.clients.samples import sample
from services.network import programmes
from services.network.models import Site
from services.people.models import StaffInvitation
from services.records.models import ServiceRecord
from services.start.models import FirstHour
from tenants.models import Membership
from tenants.running import current_slug

State = ServiceRecord.State


@dataclass(frozen=True)
class StartStep:
    """`href` is where it is done, '' where others do it; `minutes` is what it usually takes."""

    code: str
    title: Any
    text: Any
    act: Any
    href: str
    minutes: int
    is_done: bool

    @property
    def waits_for_others(self) -> bool:
        return not self.href and not self.is_done


def steps(today: dt.date) -> list[StartStep]:
    """Return the six steps in order."""
    contract = StartStep(
        "contract", _("签订购买合同"), _("由购买方在平台上签订，签订后服务记录自动计入进度和得分。"), "", "", 0,
        contracts.has_contract(tenant=current_slug()),
    )  # fmt: skip
    return [*_own_steps(_existing(), today), contract]


def _existing() -> set[str]:
    """Return which of these the agency has, in one query: the page of every director's morning asks it."""
    questions: dict[str, QuerySet[Any]] = {
        "put away": FirstHour.objects.filter(put_away_at__isnull=False),
        "station": Site.objects.open(),
        "invitation": StaffInvitation.objects.all(),
        "client": Client.objects.filter(removed_at=None),
        "sample": Client.objects.filter(is_sample=True, removed_at=None),
        "record": ServiceRecord.objects.exclude(state=State.WITHDRAWN),
    }
    first, *rest = (
        rows.order_by().annotate(what=Value(what)).values_list("what")[:1] for what, rows in questions.items()
    )
    return {what for (what,) in first.union(*rest)}


def _own_steps(existing: set[str], today: dt.date) -> list[StartStep]:
    """Return the steps that are the agency's own to do."""
    tried = sample() if "sample" in existing else None
    visit = reverse("records:new") + (f"?kind=home_visit&client={tried.ref}" if tried else "?kind=home_visit")
    return [
        StartStep("stations", _("开设站点"), _("从区县的街道名单勾选，或用 Excel 导入。"), _("开设站点"),
                  reverse("start:stations"), 2, "station" in existing),
        StartStep("colleagues", _("邀请同事"), _("粘贴名单或上传 Excel，每人凭链接设置自己的账号。"), _("邀请同事"),
                  reverse("joining:new"), 1, "invitation" in existing or _are_several()),
        StartStep("programme", _("选择评估方案"), _("站点和人员页会按方案提示人员配备是否达标。"), _("选择方案"),
                  reverse("start:programme"), 1, programmes.chosen(today) is not None),
        StartStep("client", _("建立第一份档案"), _("可以先建一份示例档案试用，它不计入任何统计。"), _("试用示例档案"),
                  reverse("start:sample"), 1, "client" in existing),
        StartStep("visit", _("记录第一次走访"), _("在手机上也只要几下。"), _("记录走访"),
                  visit, 1, "record" in existing),
    ]  # fmt: skip


def _are_several() -> bool:
    return Membership.objects.filter(tenant__slug=current_slug(), is_active=True).count() > 1


def next_step(steps: list[StartStep]) -> StartStep | None:
    """Return the first step that is not done and is the agency's own to do."""
    return next((step for step in steps if not step.is_done and step.href), None)


def strip() -> dict[str, Any] | None:
    """Return what the strip on the today page says: the next step and how far it is; None once done or put away."""
    existing = _existing()
    if "put away" in existing:
        return None
    own_steps = _own_steps(existing, timezone.localdate())
    step = next_step(own_steps)
    if step is None:
        return None
    return {"step": step, "done": sum(step.is_done for step in own_steps), "all": len(own_steps)}
