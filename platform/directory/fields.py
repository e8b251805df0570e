"""The form field that turns a division's name into its code."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import queries
from directory.models import Region


class RegionField(forms.CharField):
    """A division by its name, its full name, pinyin or code; cleaned to the code.

    :raises ValidationError: naming the candidates if several divisions answer to the words.
    """

    def __init__(self, *, level: int | None = None, near: str = "", **kwargs: Any) -> None:
        """Take divisions of every level, or of one (Region.Level); of several, the one below the code prefix `near`."""
        kwargs.setdefault("help_text", _("写名称、拼音或代码，例如 历下区、千佛山街道"))
        super().__init__(max_length=60, **kwargs)
        self.level, self.near = level, near

    def clean(self, value: Any) -> str:
        words = super().clean(value)
        if not words:
            return ""
        if words.isascii() and words.isdigit() and self._known(words):
            return str(words)
        found = list(queries.named(words, level=self.level)[:6])
        exact = [region for region in found if words in (region.name, region.full_name)]
        if self.near and len(by := [region for region in exact or found if region.code.startswith(self.near)]) == 1:
            return by[0].code
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0].code
        if not found:
            raise forms.ValidationError(gettext("没有找到这个区划，请换个写法。"))
        names = gettext("、").join(f"{region.full_name}（{region.code}）" for region in found[:5])
        raise forms.ValidationError(gettext("有多个区划符合：%(names)s。请写其中一个的代码。") % {"names": names})

    def prepare_value(self, value: Any) -> Any:
        return self._full_name(value) if value and str(value).isdigit() else value

    def _known(self, code: str) -> bool:
        found = Region.objects.filter(code=code)
        return (found.filter(level=self.level) if self.level else found).exists()

    def _full_name(self, code: Any) -> Any:
        return Region.objects.filter(code=code).values_list("full_name", flat=True).first() or code
