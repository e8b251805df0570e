"""The forms of signing up."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import Interval
from billing.plans.catalogue import Plan
from common.pages.forms import HouseForm
from common.texts.credit_code import credit_code
from common.texts.identity import compact, phone_number
from common.texts.names import name_problems
from directory.fields import RegionField
from enrolment import queries, rules
from enrolment.models import SignUp
from enrolment.sign_up.actions import Organisation

USERNAME = r"^[\w.@+-]{3,60}\Z"


def host_name(text: str) -> str:
    """Return what was meant by a host name: full-width forms narrowed, small letters, without spaces or a domain."""
    return "-".join(compact(part) for part in text.split("-")).lower().partition(".")[0]


class HostNameMixin:
    """A host name as people type it: small letters, no spaces."""

    cleaned_data: dict[str, Any]

    def clean_slug(self) -> str:
        return host_name(self.cleaned_data["slug"])


class OrganisationForm(HostNameMixin, HouseForm):
    """The first page: who you are, whom to write to, and how the director will sign in."""

    name = forms.CharField(label=_("机构名称"), max_length=100, help_text=_("与登记证书上的名称一致"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=40, help_text=_("18 位，在登记证书上；大小写、全角都可以")
    )
    legal_form = forms.ChoiceField(label=_("机构类型"), choices=[("", _("请选择")), *SignUp.LegalForm.choices])
    region = RegionField(level=3, label=_("所在区县"), help_text=_("写名称、拼音或代码，例如 历下区、lixia"))
    slug = forms.CharField(
        label=_("网址名"),
        max_length=40,
        required=False,
        help_text=_("本机构的网址，开通后不再改；留空则按机构名称取一个"),
    )
    contact = forms.CharField(label=_("负责人姓名"), max_length=50)
    email = forms.EmailField(label=_("邮箱"), max_length=254, help_text=_("验证码和账单发到这里"))
    phone = forms.CharField(label=_("手机"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    username = forms.RegexField(
        label=_("用户名"), regex=USERNAME, help_text=_("字母、数字和 . @ + - _，3 至 60 个字符。")
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符。"),
    )

    PARTS = (
        (_("机构"), ("name", "credit_code", "legal_form", "region", "slug")),
        (_("负责人"), ("contact", "email", "phone")),
        (_("登录账号"), ("username", "password")),
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """Take the division that was picked from several of one name (queries.places) for what was typed."""
        self.places = queries.places(data.get("region", "")) if data else []
        picked = data.get("place", "") if data else ""
        if picked in {place.code for place in self.places}:
            data = data.copy()
            data["region"] = picked
            self.places = []
        super().__init__(data, *args, **kwargs)

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields in the page's three groups."""
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]

    def clean_name(self) -> str:
        said: str = self.cleaned_data["name"].strip()
        if len(said) < 4 or not said.isprintable():
            raise forms.ValidationError(gettext("请填写机构全称。"))
        return said

    def clean_credit_code(self) -> str:
        try:
            return credit_code(self.cleaned_data["credit_code"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean_contact(self) -> str:
        said: str = self.cleaned_data["contact"].strip()
        if wrong := name_problems(said):
            raise forms.ValidationError(wrong)
        return said

    def clean_phone(self) -> str:
        try:
            return phone_number(self.cleaned_data["phone"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        told = rules.form_of(said.get("credit_code", ""))
        chosen = said.get("legal_form")
        if told and chosen and told != chosen:
            label = SignUp.LegalForm(told).label
            self.add_error("legal_form", gettext("按统一社会信用代码，这是%(form)s，请核对。") % {"form": label})
        if said.get("password"):
            try:
                validate_password(said["password"], _person(said))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        if said.get("name") and said.get("slug") == "" and "slug" not in self.errors:
            said["slug"] = queries.free_slug(said["name"], said.get("region", ""))
            if not said["slug"]:
                self.add_error("slug", gettext("没能按机构名称取到网址名，请填写一个。"))
        return said

    def organisation(self) -> Organisation:
        return Organisation(**self.cleaned_data)


def _person(said: dict[str, Any]) -> User:
    """Return whose password it would be."""
    person = User(username=said.get("username", ""), name=said.get("contact", ""), email=said.get("email", ""))
    person.known_words = (said.get("name", ""), said.get("slug", ""), said.get("phone", ""))
    return person


class CodeForm(HouseForm):
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        said = compact(self.cleaned_data["code"])
        if len(said) != 6 or not (said.isascii() and said.isdigit()):
            raise forms.ValidationError(gettext("请输入邮件里的 6 位数字。"))
        return said


class NamesForm(HostNameMixin, HouseForm):
    """Other names, once those chosen first are taken."""

    slug = forms.CharField(label=_("网址名"), max_length=40)
    username = forms.RegexField(label=_("用户名"), regex=USERNAME)

    def __init__(self, *args: Any, sign_up: SignUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sign_up.tenant_id:
            del self.fields["slug"]
        if sign_up.director_id:
            del self.fields["username"]


class PlanForm(HouseForm):
    plan = forms.ChoiceField(label=_("套餐"), widget=forms.RadioSelect)
    interval = forms.ChoiceField(label=_("计费周期"), choices=Interval.choices, initial=Interval.YEAR)
    stations = forms.IntegerField(label=_("站点数"), min_value=1, initial=1, help_text=_("运行中的站点，以后可以增减"))
    seats = forms.IntegerField(
        label=_("席位数"), min_value=1, initial=5, help_text=_("可以登录的成员人数，以后可以增减")
    )

    def __init__(self, *args: Any, plans: tuple[Plan, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(each.code, each.name) for each in plans]  # type: ignore[attr-defined]
        self.fields["plan"].initial = plans[0].code if plans else ""
