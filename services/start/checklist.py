"""The steps of an agency's first hour. A step is done because the data says so, never because somebody ticked it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

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
class Step:
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


def steps(today: dt.date) -> list[Step]:
    """Return the six steps in order; six short questions to the database."""
    slug, tried = current_slug(), sample()
    visit = reverse("records:new") + (f"?kind=home_visit&client={tried.ref}" if tried else "?kind=home_visit")
    colleagues = (
        Membership.objects.filter(tenant__slug=slug, is_active=True).count() > 1 or StaffInvitation.objects.exists()
    )
    recorded = ServiceRecord.objects.exclude(state=State.WITHDRAWN)
    return [
        Step("stations", _("开设站点"), _("从区县的街道名单勾选，或用 Excel 导入。"), _("开设站点"),
             reverse("start:stations"), 2, Site.objects.open().exists()),
        Step("colleagues", _("邀请同事"), _("粘贴名单或上传 Excel，每人凭链接设置自己的账号。"), _("邀请同事"),
             reverse("joining:new"), 1, colleagues),
        Step("programme", _("选择评估方案"), _("站点和人员页会按方案提示人员配备是否达标。"), _("选择方案"),
             reverse("start:programme"), 1, programmes.chosen(today) is not None),
        Step("client", _("建立第一份档案"), _("可以先建一份示例档案试用，它不计入任何统计。"), _("试用示例档案"),
             reverse("start:sample"), 1, Client.objects.filter(removed_at=None).exists()),
        Step("visit", _("记录第一次走访"), _("在手机上也只要几下。"), _("记录走访"), visit, 1, recorded.exists()),
        Step("contract", _("签订购买合同"), _("由购买方在平台上签订，签订后服务记录自动计入进度和得分。"), "", "", 0,
             contracts.has_contract(tenant=slug)),
    ]  # fmt: skip


def next_step(found: list[Step]) -> Step | None:
    """Return the first step that is not done and is the agency's own to do."""
    return next((step for step in found if not step.is_done and step.href), None)


def strip() -> dict[str, Any] | None:
    """Return what the strip on the today page says: the next step and how far it is; None once done or put away."""
    if FirstHour.objects.filter(put_away_at__isnull=False).exists():
        return None
    found = [step for step in steps(timezone.localdate()) if step.href]
    step = next_step(found)
    if step is None:
        return None
    return {"step": step, "done": sum(each.is_done for each in found), "all": len(found)}
