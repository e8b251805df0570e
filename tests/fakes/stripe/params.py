"""Form bodies -> typed values, held against the SDK's own TypedDicts: an unknown name or a wrong type is a 400."""

import re
import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from tests.fakes.stripe.wrong import invalid

NOT_SENT = frozenset(RequestOptions.__annotations__)
LAZY = {"StripeContext": object, "Mapping": Mapping}  # what the SDK imports for its type checker only
PART = re.compile(r"\[([^\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """Return `a[b][0]=c` as {"a": {"b": ["c"]}}."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        head = name.partition("[")[0]
        path = [head, *PART.findall(name[len(head) :])]
        inside = found
        for part, after in pairwise(path):
            inside = inside.setdefault(part or str(len(inside)), {})
            if not isinstance(inside, dict):
                raise invalid(f"Invalid parameter: {name} {after}", name)
        inside[path[-1] or str(len(inside))] = value
    return {name: _lists(value) for name, value in found.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


@lru_cache(maxsize=512)
def _hints(typed: Any) -> dict[str, Any]:
    return get_type_hints(typed, localns=LAZY, include_extras=True)


def check(typed: Any, said: Any, path: str = "") -> dict[str, Any]:
    """Return `said` with its values typed as the TypedDict `typed` says.

    :raises Wrong: like Stripe's own answer to an unknown, missing or badly typed parameter.
    """
    if not isinstance(said, dict):
        raise invalid("Invalid object", path)
    hints = {name: hint for name, hint in _hints(typed).items() if path or name not in NOT_SENT}
    for name in said:
        if name not in hints:
            raise invalid(f"Received unknown parameter: {_path(path, name)}", _path(path, name), "parameter_unknown")
    for name in hints:
        if name in typed.__required_keys__ and name not in said:
            raise invalid(f"Missing required param: {_path(path, name)}.", _path(path, name), "parameter_missing")
    return {name: _typed(hints[name], value, _path(path, name)) for name, value in said.items()}


def _path(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _typed(hint: Any, value: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (NotRequired, Required):
        return _typed(get_args(hint)[0], value, path)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if is_typeddict(hint):
        return check(hint, value, path)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise invalid(f"Invalid {path}: must be one of {', '.join(map(str, get_args(hint)))}", path)
    if origin is list:
        if not isinstance(value, list):
            raise invalid("Invalid array", path)
        return [_typed(get_args(hint)[0], inner, f"{path}[{n}]") for n, inner in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise invalid("Invalid object", path)
        return {name: _typed(get_args(hint)[1], inner, _path(path, name)) for name, inner in value.items()}
    return _plain(hint, value, path)


def _plain(hint: Any, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise invalid("Invalid string", path)
    if hint is bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", path)
        return value == "true"
    if hint is int:
        if not re.fullmatch(r"-?\d+", value):
            raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
        return int(value)
    if hint in (float, Decimal):
        try:
            return hint(value)
        except (ValueError, InvalidOperation):
            raise invalid(f"Invalid decimal: {value}", path) from None
    return value


def _one_of(hints: tuple[Any, ...], value: Any, path: str) -> Any:
    """Take the member of a union that fits the value's own shape.

    The SDK widens each list of choices by `str`; here the list itself counts, as it does for Stripe.
    """
    choices = {word for hint in hints if get_origin(hint) is Literal for word in get_args(hint)}
    if isinstance(value, str):
        if value in choices:
            return value
        if choices - {""}:
            hints = tuple(hint for hint in hints if hint is not str)
        shaped = [hint for hint in hints if hint in (str, int, bool, float, Decimal)]
    else:
        kind = list if isinstance(value, list) else dict
        shaped = [hint for hint in hints if get_origin(hint) is kind or (kind is dict and is_typeddict(hint))]
    if not shaped:
        told = f"Invalid {path}: must be one of {', '.join(sorted(choices))}" if choices else f"Invalid {path}"
        raise invalid(told, path)
    return _typed(shaped[0], value, path)
