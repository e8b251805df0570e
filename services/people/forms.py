"""Forms of staff files, postings and certificates."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.network.models import Site
from services.people.models import Certificate, Posting, Staff


class StaffFilter(HouseForm):
    employment = forms.ChoiceField(
        label=_("用工形式"), required=False, choices=[("", _("全部")), *Staff.Employment.choices]
    )
    site = forms.ModelChoiceField(
        label=_("站点"), required=False, queryset=Site.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("here", _("在职")), ("left", _("已离职"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.order_by("code")  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Staff]") -> "QuerySet[Staff]":
        said = self.cleaned_data
        if said["employment"]:
            rows = rows.filter(employment=said["employment"])
        if said["site"]:
            rows = rows.filter(postings__site=said["site"], postings__ended_on=None)
        if said["state"]:
            rows = rows.filter(ended_on__isnull=said["state"] == "here")
        return rows


class StaffForm(HouseForm):
    name = forms.CharField(label=_("姓名"), max_length=50, strip=False)
    employment = forms.ChoiceField(label=_("用工形式"), choices=Staff.Employment.choices)
    started_on = forms.DateField(label=_("入职日期"), initial=timezone.localdate)


class PostingForm(HouseForm):
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    as_post = forms.ChoiceField(label=_("岗位"), choices=Posting.Post.choices)
    started_on = forms.DateField(label=_("到岗日期"), initial=timezone.localdate)
    ended_on = forms.DateField(label=_("离岗日期"), required=False, help_text=_("在岗期间留空。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.open().order_by("code")  # type: ignore[attr-defined]


class EndForm(HouseForm):
    ended_on = forms.DateField(label=_("最后一天"), initial=timezone.localdate)


class CertificateForm(HouseForm):
    kind = forms.ChoiceField(label=_("证书"), choices=Certificate.Kind.choices)
    number = forms.CharField(label=_("证书编号"), max_length=40, required=False)
    issued_on = forms.DateField(label=_("发证日期"))
