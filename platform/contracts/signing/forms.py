"""Signing a contract in two steps: with whom and by which programme, then its terms."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from contracts.actions import Site, Terms
from contracts.forms import offer
from contracts.models import ContractParty
from directory.models import Organisation, StationListing
from programmes.measures import MEASURES
from programmes.shapes import Programme
from tenants.models import Tenant

TARGET = "target_"


class PartnerForm(HouseForm):
    """The first step: an agency with stations in the officer's areas, and the programme it will be scored by."""

    provider = forms.ChoiceField(label=_("承接机构"))
    programme = forms.ChoiceField(label=_("评估方案"))

    def __init__(
        self, *args: Any, agencies: Iterable[tuple[str, str]], programmes: Iterable[Programme], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "provider", [("", _("请选择")), *agencies])
        offer(self, "programme", [(one.key, gettext(one.title)) for one in programmes])


class TermsForm(HouseForm):
    """The second step: everything that is written into the contract. A service left empty is not promised."""

    number = forms.CharField(label=_("合同编号"), max_length=40)
    title = forms.CharField(label=_("项目名称"), max_length=120)
    stations = forms.MultipleChoiceField(label=_("服务站点"), widget=forms.CheckboxSelectMultiple)
    starts_on = forms.DateField(label=_("开始日期"))
    ends_on = forms.DateField(label=_("结束日期"))
    amount = forms.DecimalField(label=_("合同金额（元）"), max_digits=14, decimal_places=2, min_value=0)
    purchaser = forms.ChoiceField(label=_("购买方"))
    landing_party = forms.ChoiceField(label=_("落地方"))

    def __init__(
        self,
        *args: Any,
        provider: Tenant,
        programme: Programme,
        stations: Iterable[StationListing],
        organisations: Iterable[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        self.programme = programme
        self.sites = {one.code: Site(one.code, one.name, one.region_id) for one in stations}
        self.organisations = {one.ref: one for one in organisations}
        offer(self, "stations", [(code, site.name) for code, site in self.sites.items()])
        offer(self, "purchaser", self._of_kind(Organisation.Kind.BUREAU))
        offer(self, "landing_party", self._of_kind(Organisation.Kind.STREET))
        for service in programme.services:
            unit = MEASURES[service.measure].unit
            label = _("约定：%(title)s（%(unit)s）") % {"title": gettext(service.title), "unit": unit}
            self.fields[TARGET + service.measure] = forms.DecimalField(
                label=label, required=False, max_digits=12, decimal_places=2, min_value=Decimal("0.01")
            )

    def _of_kind(self, kind: str) -> list[tuple[str, Any]]:
        rows = [(ref, one.name) for ref, one in self.organisations.items() if one.kind == kind]
        return [("", _("请选择")), *rows]

    def terms(self) -> Terms:
        """Return what was filled in; the contract lies where its first station does."""
        given = self.cleaned_data
        sites = [self.sites[code] for code in given["stations"]]
        roles = (
            (ContractParty.Role.PURCHASER, self.organisations[given["purchaser"]]),
            (ContractParty.Role.LANDING, self.organisations[given["landing_party"]]),
        )
        parties = [(role.value, one.name, one.area) for role, one in roles]
        return Terms(
            number=given["number"],
            title=given["title"],
            programme=self.programme.key,
            provider=self.provider,
            area=sites[0].region,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            amount=given["amount"],
            stations=sites,
            parties=[*parties, (ContractParty.Role.PROVIDER.value, self.provider.name, "")],
            deliverables={
                name.removeprefix(TARGET): value for name, value in given.items() if name.startswith(TARGET) and value
            },
        )
