"""How Stripe says no: a status and an error object."""

from typing import Any


class Wrong(Exception):
    """An answer that is an error. `.error` is the object Stripe puts under "error"."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **{name: value for name, value in more.items() if value}}


def invalid(message: str, param: str = "", code: str = "", status: int = 400) -> Wrong:
    return Wrong(status, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, name: str, status: int = 404) -> Wrong:
    return invalid(f"No such {kind}: '{name}'", "id" if status == 404 else kind, "resource_missing", status)


def declined(code: str, decline_code: str, message: str, **more: Any) -> Wrong:
    return Wrong(402, "card_error", message, code=code, decline_code=decline_code, **more)
