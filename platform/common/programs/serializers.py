"""The ground of the API's serializers: text that can be kept, refs instead of ids, nothing unheard of."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from common.money import NoAmount, read_yuan, rounded
from common.texts.names import name_problems

DEEPEST: Final = 32


def clean_text(value: Any) -> Any:
    """Refuse NUL and lone surrogates wherever they stand in a JSON body.

    :raises ValidationError: if a text cannot be stored.
    """
    if isinstance(value, str) and ("\x00" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)):
        raise serializers.ValidationError(_("内容含有无法保存的字符。"))
    return value


class JsonParser(JSONParser):
    """Reads a JSON body that is nested no deeper than any of ours; deeper ones would wear out the stack of what reads
    them later.

    :raises ParseError: (400) for a deeper one, as for what is no JSON.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            said = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("内容嵌套太深。")) from None
        level = [said]
        for _depth in range(DEEPEST):
            level = [inner for value in level for inner in _inside(value)]
            if not level:
                return said
        raise ParseError(_("内容嵌套太深。"))


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


class Body(serializers.Serializer[Any]):
    """A request's body, without what no text can hold."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            for name, value in data.items():
                try:
                    clean_text(value)
                except serializers.ValidationError as wrong:
                    raise serializers.ValidationError({name: wrong.detail}) from None
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class RefField(serializers.Field[Any, str, str, Any]):
    """An object by its ref, out of those this request may know of (`choices(request)`)."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        self.choices = choices
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        rows: QuerySet[Any] = self.choices(self.context["request"])
        found: Model | None = rows.filter(ref=data).first() if isinstance(clean_text(data), str) else None
        if found is None:
            raise serializers.ValidationError(_("没有找到。"))
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.ref)


class NameField(serializers.CharField):
    """A person's name, byte for byte."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if problems := name_problems(name):
            raise serializers.ValidationError(problems)
        return name


@extend_schema_field(OpenApiTypes.STR)
class MoneyField(serializers.Field[Decimal, Any, str, Any]):
    """An amount above nothing in yuan: in as text or number, out as text with two decimals, never a float."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            raise serializers.ValidationError(_("请填写数字金额，例如 1234.50。"))
        try:
            return read_yuan(str(clean_text(data)))
        except NoAmount as refusal:
            raise serializers.ValidationError(str(refusal)) from None

    def to_representation(self, value: Decimal) -> str:
        return f"{rounded(value):f}"


def refused_fields(fields: dict[str, list[str]]) -> serializers.ValidationError:
    """Return the 400 that shows an act's reasons beside its fields."""
    return serializers.ValidationError(fields)
