"""What a line of a log says in words: its act is app.noun.past, and each half has its word."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

NOUNS: Final[dict[str, Any]] = {
    "accounts.recovery": _("找回密码"), "accounts.sign_in": _("登录"), "accounts.token": _("令牌"),
    "accounts.user": _("账号"), "billing.account": _("付款账户"), "billing.bill": _("账单"),
    "billing.books": _("对账"), "billing.checkout": _("在线付款"), "billing.coupon": _("优惠码"),
    "billing.cover": _("代付"), "billing.event": _("支付平台通知"), "billing.movement": _("收付款"),
    "billing.subscription": _("套餐"), "billing.webhook": _("支付平台通知"), "clients.alert": _("数据安全提醒"),
    "clients.category": _("服务对象类别"), "clients.client": _("服务对象档案"), "clients.consent": _("同意"),
    "clients.household": _("家庭档案"), "clients.list": _("服务对象名单"), "clients.sample": _("示例档案"),
    "contracts.appeal": _("申诉"), "contracts.appeal_file": _("申诉材料"), "contracts.contract": _("合同"),
    "contracts.history": _("合同经过"), "contracts.line": _("评分项"),
    "contracts.mark": _("人工评分"), "contracts.sheet": _("评分表"), "directory.organisation": _("单位"),
    "enrolment.invitation": _("入驻邀请"), "enrolment.sign_up": _("入驻申请"), "funds.bank_line": _("银行流水"),
    "funds.bank_lines": _("银行流水清单"), "funds.campaign": _("募捐活动"), "funds.donation": _("捐赠"),
    "funds.donations": _("捐赠清单"), "funds.entry": _("凭证"), "funds.fund": _("基金"),
    "funds.handover": _("剩余财产移交"), "funds.pledge": _("配捐承诺"), "funds.purpose": _("限定用途"),
    "funds.receipt": _("捐赠收据"), "funds.refund": _("捐赠退还"), "funds.report": _("公示报告"),
    "funds.seat": _("管委会职责"), "funds.statement": _("银行对账单"), "grants.application": _("资助申请"),
    "grants.ballot": _("表决"), "grants.identity": _("同一人比对"), "grants.limits": _("资助上限"),
    "grants.notice": _("资助公示"), "grants.objection": _("异议"), "grants.opinion": _("监督意见"),
    "grants.payment": _("付款"), "grants.repayment": _("退回款"), "grants.run": _("批量发放"),
    "help_requests.request": _("求助"),
    "history.list": _("站点经过"), "leaving.export": _("数据导出"), "network.programme": _("评估方案"),
    "network.site": _("站点"), "operating.floorrole": _("平台角色"), "people.certificate": _("证书"),
    "people.invitation": _("成员邀请"), "people.posting": _("任职"), "people.staff": _("人员"),
    "records.list": _("服务记录清单"), "records.record": _("服务记录条目"), "rights.alerts": _("数据安全提醒清单"),
    "rights.list": _("个人信息请求清单"), "rights.person": _("个人信息"), "rights.request": _("个人信息请求"),
    "supervision.availability": _("可约时间"), "supervision.booking": _("督导预约"),
    "supervision.supervisor": _("督导资料"), "tenants.deletion": _("机构数据删除"),
    "tenants.emergencyaccess": _("紧急查看"), "tenants.listfile": _("导出文件"), "tenants.membership": _("成员角色"),
    "tenants.tenant": _("机构"), "tenants.unknown_commit": _("存疑的提交"), "volunteers.hours": _("志愿时长"),
    "volunteers.team": _("志愿队"), "volunteers.training": _("志愿者培训"), "volunteers.volunteer": _("志愿者"),
}  # fmt: skip
PASTS: Final[dict[str, Any]] = {
    "active": _("恢复运行"), "added": _("已添加"), "answered": _("已答复"), "appointed": _("已任命"),
    "approved": _("已批准"), "asked": _("已提出"), "assessed": _("已评估"), "begun": _("已开始"),
    "cancelled": _("已取消"), "cast": _("已投出"), "changed": _("已修改"), "checked": _("已核对"),
    "chosen": _("已选定"), "closed": _("已关闭"), "compared": _("已比对"), "completed": _("已完成"),
    "confirmed": _("已确认"), "corrected": _("已更正"), "countersigned": _("已签核"), "declined": _("已谢绝"),
    "deleted": _("已删除"), "denied": _("被拒绝"), "done": _("已办结"), "dropped": _("已作废"),
    "effected": _("已生效"), "ended": _("已结束"),
    "ended_for_member": _("已代为结束"), "enrolled": _("已登记"), "expired": _("已过期"), "exported": _("已导出"),
    "failed": _("未成功"), "fapiao_noted": _("已登记发票"), "finished": _("已完成"), "folded": _("已合并"),
    "forgotten": _("已清除"), "formed": _("已组建"), "found": _("已查明"),
    "given": _("已给出"), "goes_online": _("转为在线付款"), "granted": _("已通过"), "handed_over": _("已交付"),
    "imported": _("已导入"), "invoice_data_kept": _("已登记开票信息"), "issued": _("已开出"), "joined": _("已加入"),
    "leaving": _("申请退出"), "left": _("已离开"), "let_go": _("已离职"), "made": _("已提交"),
    "mail_set": _("已登记邮箱"), "matched": _("已核对"), "merged": _("已合并"), "moved": _("已提出改期"),
    "not_matched": _("未能核对身份"), "noted": _("已登记"), "offered": _("已提供"), "offered_again": _("已恢复"),
    "opened": _("已打开"), "others_ended": _("已结束其他登录"), "output_counted": _("已登记成果"),
    "page_opened": _("页面已打开"), "password_set": _("已设密码"), "payment_recorded": _("已登记到账"),
    "posted": _("已入账"),
    "prepared": _("已制单"), "proposed": _("已提议"), "published": _("已公布"), "queued": _("已排队"),
    "raised": _("已提出"), "read": _("已查看"), "recorded": _("已记录"), "refunded": _("已退款"),
    "refused": _("已拒绝"), "registered": _("已登记"), "rejected": _("未通过"), "released": _("已复核"),
    "removed": _("已移除"), "reopened": _("已重新打开"), "requested": _("已预约"), "restored": _("已恢复"),
    "restricted": _("已限制查看"), "resumed": _("已恢复"), "returned": _("已退回"), "revealed": _("已查看原文"),
    "reversed": _("已冲销"), "sent": _("已发出"), "sent_again": _("已重发"), "set_aside": _("已搁置"),
    "settled": _("已处理"), "signed": _("已签订"), "started": _("已开始"), "stayed": _("留下"),
    "stopped": _("已停用"), "submitted": _("已提交"), "suspended": _("已暂停"), "taken": _("已受理"),
    "taken_back": _("已收回"), "taken_on": _("已入职"), "taken_up": _("已开通"), "tried": _("已试用"),
    "tried_again": _("已重试"), "unconfirmed": _("已撤销核实"), "verified": _("已核实"), "voided": _("已作废"),
    "withdrawn": _("已撤回"), "year_closed": _("已年结"),
}  # fmt: skip


def in_words(act: str) -> str:
    """Return what was done in words: "contracts.mark.given" is "人工评分 · 已给出"; an unknown act stays as it is."""
    app, _dot, rest = act.partition(".")
    noun, _dot, past = rest.partition(".")
    thing, done = NOUNS.get(f"{app}.{noun}"), PASTS.get(past)
    if thing is None or done is None:
        return act
    return f"{thing} · {done}"
