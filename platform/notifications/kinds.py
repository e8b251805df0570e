"""Every kind of notification: its sentence, the page it leads to on each host, and how it goes out by default."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from common.notifications.models import Mail

AGENCY: Final = "agency"
SHARED: Final = "shared"
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


class Topic(models.TextChoices):
    """What a person filters the inbox by."""

    MARK = "mark", _("评分")
    SHEET = "sheet", _("公布")
    APPEAL = "appeal", _("申诉")
    BOOKING = "booking", _("督导预约")
    RECORD = "record", _("签核")
    CLOCK = "clock", _("期限")
    GRANT = "grant", _("资助")
    BILL = "bill", _("账单")
    REGISTER = "register", _("机构登记")
    HELP = "help", _("求助")


@dataclass(frozen=True)
class Kind:
    """`sentence` holds words of notifications/words.py; `pages` name the address on each host that knows the kind.

    The page takes the notification's `args`; `query` follows it where a list is meant.
    """

    code: str
    topic: Topic
    title: StrPromise
    sentence: StrPromise
    pages: Mapping[str, str]
    mail: Mail = Mail.DIGEST
    query: str = ""
    words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", frozenset(PLACEHOLDER.findall(str(self.sentence))))


def _both(page: str) -> dict[str, str]:
    return {AGENCY: page, SHARED: page}


CONTRACTS: Final = (
    Kind("mark.given", Topic.MARK, _("有新的打分"),
         _("合同 %(contract)s 的评分项 %(code)s 有新的打分：%(points)s 分。"), _both("contracts:evidence")),
    Kind("mark.withdrawn", Topic.MARK, _("打分被撤回"),
         _("合同 %(contract)s 的评分项 %(code)s 有一次打分被撤回。"), _both("contracts:evidence")),
    Kind("mark.reviewed", Topic.MARK, _("您的打分经复核撤回"),
         _("您在合同 %(contract)s 评分项 %(code)s 的打分经复核撤回，请查看理由。"),
         {SHARED: "contracts:marks"}, Mail.NOW),
    Kind("sheet.announced", Topic.SHEET, _("评分表即将公布"),
         _("合同 %(contract)s 的评分表将于 %(day)s 公布，请在此前核对并提出意见。"), _both("contracts:scorecard"),
         Mail.NOW),
    Kind("sheet.published", Topic.SHEET, _("评分表已公布"),
         _("合同 %(contract)s 截至 %(day)s 的评分表已公布：%(points)s 分，%(grade)s。"), _both("contracts:scorecard"),
         Mail.NOW),
    Kind("sheet.corrected", Topic.SHEET, _("评分表已更正"),
         _("合同 %(contract)s 截至 %(day)s 的评分表已更正，现为 %(points)s 分。"), _both("contracts:scorecard"),
         Mail.NOW),
    Kind("appeal.made", Topic.APPEAL, _("有申诉等待答复"),
         _("合同 %(contract)s 的评分项 %(code)s 有一份申诉等待答复。"), {SHARED: "contracts:appeal"}, Mail.NOW),
    Kind("appeal.accepted", Topic.APPEAL, _("申诉被采纳"),
         _("合同 %(contract)s 评分项 %(code)s 的申诉已采纳。"), _both("contracts:appeal"), Mail.NOW),
    Kind("appeal.kept", Topic.APPEAL, _("申诉维持原分"),
         _("合同 %(contract)s 评分项 %(code)s 的申诉已答复：维持原分。"), _both("contracts:appeal"), Mail.NOW),
    Kind("contract.ending", Topic.CLOCK, _("合同临近到期"),
         _("合同 %(contract)s 将于 %(day)s 到期。"), {AGENCY: "contracts:scorecard", SHARED: "contracts:contract"}),
)  # fmt: skip
SUPERVISION: Final = (
    Kind("booking.requested", Topic.BOOKING, _("有预约等待答复"),
         _("%(station)s 预约 %(moment)s 的督导，等待答复。"), {SHARED: "supervision:session"}, Mail.NOW),
    Kind("booking.agreed", Topic.BOOKING, _("预约立即生效或改期被接受"),
         _("%(station)s %(moment)s 的督导已确定。"), _both("supervision:session") | {AGENCY: "supervision:booking"}),
    Kind("booking.declined", Topic.BOOKING, _("预约被谢绝"),
         _("%(station)s %(moment)s 的督导预约被谢绝。"), {AGENCY: "supervision:booking"}, Mail.NOW),
    Kind("booking.proposed", Topic.BOOKING, _("督导提出改期"),
         _("%(station)s 的督导预约，督导提出改为 %(moment)s。"), {AGENCY: "supervision:booking"}, Mail.NOW),
    Kind("booking.cancelled", Topic.BOOKING, _("督导被取消"),
         _("%(station)s %(moment)s 的督导已取消。"), {AGENCY: "supervision:booking", SHARED: "supervision:session"},
         Mail.NOW),
    Kind("booking.expired", Topic.BOOKING, _("预约逾期未答复"),
         _("%(station)s %(moment)s 的督导预约到期没有答复，时段已退还。"),
         {AGENCY: "supervision:booking", SHARED: "supervision:session"}),
    Kind("booking.completed", Topic.BOOKING, _("督导记录已写好"),
         _("%(station)s %(moment)s 的督导已记录完成。"), {AGENCY: "supervision:booking"}, Mail.NEVER),
    Kind("supervision.overdue", Topic.CLOCK, _("站点督导超期"),
         _("%(count)s 个站点的督导已超期，最久 %(days)s 天。"), {AGENCY: "supervision:clocks"}, Mail.NOW,
         "state=overdue"),
)  # fmt: skip
SERVICES: Final = (
    Kind("record.waiting", Topic.RECORD, _("有记录等待签核"),
         _("%(station)s 有一条服务记录等待签核。"), {AGENCY: "records:record"}),
    Kind("record.returned", Topic.RECORD, _("记录被退回"),
         _("%(station)s 的一条服务记录被退回，请修改。"), {AGENCY: "records:record"}),
    Kind("record.countersigned", Topic.RECORD, _("记录已签核"),
         _("%(station)s 的一条服务记录已签核。"), {AGENCY: "records:record"}, Mail.NEVER),
    Kind("grant.waiting", Topic.GRANT, _("有资助申请等待处理"),
         _("资助申请 %(number)s 等待您处理。"), {AGENCY: "grants:application"}),
    Kind("grant.granted", Topic.GRANT, _("资助申请已通过"),
         _("资助申请 %(number)s 已通过，开始公示。"), {AGENCY: "grants:application"}),
    Kind("grant.refused", Topic.GRANT, _("资助申请未通过或被退回"),
         _("资助申请 %(number)s 未通过或需补充。"), {AGENCY: "grants:application"}),
    Kind("grant.paid", Topic.GRANT, _("资助款已发放"),
         _("资助申请 %(number)s 的款项已发放，请确认送达。"), {AGENCY: "grants:application"}),
    Kind("rights.due", Topic.CLOCK, _("个人信息请求到期"),
         _("个人信息请求：已逾期 %(count)s 件，三个工作日内到期 %(days)s 件。"), {AGENCY: "rights:list"}, Mail.NEVER,
         "state=waiting"),
    Kind("help.asked", Topic.HELP, _("有人求助"),
         _("%(station)s 收到一份求助，请尽快联系。"), {AGENCY: "helping:request"}, Mail.NOW),
    Kind("report.overdue", Topic.CLOCK, _("公示报告逾期"),
         _("%(fund)s 有 %(count)s 份公示报告逾期未公布。"), {AGENCY: "funds:reports"}, Mail.NOW),
)  # fmt: skip
PLATFORM: Final = (
    Kind("bill.issued", Topic.BILL, _("有新账单"),
         _("账单 %(number)s 待付款：%(amount)s 元，%(day)s 前付清。"), _both("billing:bill"), Mail.NEVER),
    Kind("bill.paid", Topic.BILL, _("账单已付清"), _("账单 %(number)s 已付清。"), _both("billing:bill"), Mail.NEVER),
    Kind("agency.waiting", Topic.REGISTER, _("有机构等待核实"),
         _("%(agency)s 已注册，等待核实后向公众公开。"), {SHARED: "register:agency"}),
    Kind("agency.refused", Topic.REGISTER, _("机构未通过核实"),
         _("贵机构没有通过核实，站点暂不向公众公开，原因见站点页。"), {AGENCY: "network:stations"}, Mail.NOW),
    Kind("agency.unconfirmed", Topic.REGISTER, _("机构的核实已撤销"),
         _("贵机构的核实已撤销，站点暂不向公众公开，请与当地购买方或平台联系。"),
         {AGENCY: "network:stations"}, Mail.NOW),
    Kind("agency.confirmed", Topic.REGISTER, _("机构已核实"),
         _("贵机构已核实，站点已向公众公开。"), {AGENCY: "network:stations"}, Mail.NOW),
)  # fmt: skip
ALL: Final = (*CONTRACTS, *SUPERVISION, *SERVICES, *PLATFORM)
BY_CODE: Final = {kind.code: kind for kind in ALL}


def kinds_of(host: str) -> list[Kind]:
    """Return the kinds that somebody can be told on the agency's or the shared host."""
    return [kind for kind in ALL if host in kind.pages]
