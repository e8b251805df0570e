"""The form field by which photos and papers are taken in; each is drawn anew (`common.files.proofs`)."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from common.files import proofs
from common.files.proofs import Proof
from common.files.sheets import Busy, Unreadable

ACCEPTED: Final = "image/jpeg,image/png,image/webp,application/pdf"


class SeveralFilesInput(forms.FileInput):
    """<input type=file multiple>: all that were chosen, not the last one."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class ProofsField(forms.FileField):
    """Photos and papers, at most `most`; `too_many` says the sentence for more."""

    def __init__(self, *, most: int, too_many: Callable[[], str], **kwargs: Any) -> None:
        super().__init__(widget=SeveralFilesInput(attrs={"multiple": True, "accept": ACCEPTED}), **kwargs)
        self.most, self.too_many = most, too_many

    def clean(self, data: Any, initial: Any = None) -> list[Proof]:
        sent: list[UploadedFile[Any]] = list(data or [])
        if len(sent) > self.most:
            raise forms.ValidationError(self.too_many())
        return [self._taken(file) for file in sent]

    @staticmethod
    def _taken(file: "UploadedFile[Any]") -> Proof:
        if file.size and file.size > proofs.LARGEST:
            raise forms.ValidationError(proofs.too_large())
        try:
            return proofs.take_in(file.read())
        except Unreadable as refusal:
            raise forms.ValidationError(refusal.reasons, code="busy" if isinstance(refusal, Busy) else "") from None
