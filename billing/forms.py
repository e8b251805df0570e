"""Forms of plans, invoice data, payments and coupons."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from billing.models import Account, Interval
from billing.plans import catalogue
from common.pages.forms import DateInput, HouseForm, HouseFormMixin, MoneyField


class PlanForm(HouseForm):
    """What to take. The plan's name and prices stand beside it."""

    plan = forms.ChoiceField(label=_("套餐"), widget=forms.RadioSelect)
    interval = forms.ChoiceField(label=_("计费周期"), choices=Interval, widget=forms.RadioSelect)
    stations = forms.IntegerField(
        label=_("站点数"), min_value=1, max_value=10_000, help_text=_("启用中的总站、片区站和社工站；社工室不计。")
    )
    seats = forms.IntegerField(
        label=_("席位数"), min_value=1, max_value=100_000, help_text=_("能登录的成员；基金管委会委员和监督员不计。")
    )
    coupon = forms.CharField(label=_("优惠码"), max_length=30, required=False)

    def __init__(self, *args: object, with_coupon: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["plan"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(plan.code, f"{plan.name}：{plan.about}") for plan in catalogue.offered()]
        choice.error_messages["invalid_choice"] = _("这个套餐已不再提供，请选择其他套餐。")
        if not with_coupon:
            del self.fields["coupon"]


class InvoiceDataForm(HouseFormMixin, forms.ModelForm[Account]):
    """What an official invoice (发票) needs; a special one needs address, phone, bank and account too."""

    class Meta:
        model = Account
        fields = ["email", "fapiao", "title", "tax_number", "address", "phone", "bank", "bank_account"]

    def clean_tax_number(self) -> str:
        said: str = self.cleaned_data["tax_number"].strip().upper()
        if said and not uscc.is_valid(said):
            raise forms.ValidationError(_("纳税人识别号不对：应为 18 位统一社会信用代码，请核对。"))
        return said

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        if said.get("fapiao") == Account.Fapiao.SPECIAL:
            for name in ("title", "tax_number", "address", "phone", "bank", "bank_account"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("增值税专用发票需要这一项。"))
        return said


class PaymentForm(HouseForm):
    amount = MoneyField(label=_("到账金额"))
    reference = forms.CharField(label=_("银行流水号"), min_length=3, max_length=60)
    on = forms.DateField(label=_("到账日期"), widget=DateInput, initial=timezone.localdate)


class RefundForm(HouseForm):
    amount = MoneyField(label=_("退款金额"))
    reference = forms.CharField(label=_("银行流水号"), min_length=3, max_length=60)
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200)


class OnlineRefundForm(HouseForm):
    """Money that goes back the way it came; the bank needs no number of ours."""

    amount = MoneyField(label=_("退款金额"), help_text=_("原路退回；支付宝须在付款后 90 天内，微信支付 180 天内。"))
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200)


class FapiaoForm(HouseForm):
    number = forms.CharField(label=_("发票号码"), max_length=20)
    on = forms.DateField(label=_("开票日期"), widget=DateInput, initial=timezone.localdate)


class CouponForm(HouseForm):
    code = forms.RegexField(
        label=_("优惠码"),
        regex=r"^[A-Za-z0-9-]{3,30}\Z",
        help_text=_("3 至 30 个字母、数字或连字符。"),
        error_messages={"invalid": _("只用 3 至 30 个字母、数字或连字符。")},
    )
    percent = forms.IntegerField(label=_("减免百分比"), min_value=1, max_value=100)
    periods = forms.IntegerField(label=_("适用期数"), min_value=1, max_value=60)
    most = forms.IntegerField(label=_("可用次数"), min_value=1, max_value=10_000)
    valid_until = forms.DateField(label=_("有效期至"), widget=DateInput)

    def clean_valid_until(self) -> object:
        day = self.cleaned_data["valid_until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("有效期不能早于今天。"))
        return day


class BureauForm(HouseForm):
    name = forms.CharField(label=_("单位名称"), max_length=100)
    area = forms.RegexField(label=_("区划代码"), regex=r"^\d{6}\Z", error_messages={"invalid": _("6 位区划代码。")})
    email = forms.EmailField(label=_("账单邮箱"), required=False)


class CoverForm(HouseForm):
    slug = forms.SlugField(label=_("机构网址名"), max_length=30, help_text=_("这家机构从今天起由此账户付费。"))
