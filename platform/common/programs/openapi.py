"""The OpenAPI document says of every call which problem documents it may answer with."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

PROBLEMS = {
    "400": "the request cannot be read, or fields are wrong (`errors`)",
    "401": "no valid token or session of this host",
    "403": "known, but not allowed",
    "404": "unknown, or another agency's",
    "409": "somebody was there first (`reasons`)",
    "422": "a rule refuses it (`reasons`)",
    "429": "too many requests",
}
ONLY_WRITES = {"409", "422"}
SCHEMA = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "reasons": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["type", "title", "status"],
}


def with_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the Problem schema and the answers that use it; what a view documents itself stays. A spectacular hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = SCHEMA
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for status, text in PROBLEMS.items():
                if method != "get" or status not in ONLY_WRITES:
                    operation["responses"].setdefault(status, {"description": text, "content": content})
    return result


class HouseSchema(AutoSchema):
    """What `permission = None` opens to anyone needs no token, and the document says so."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None and getattr(self.view, "permission", NotImplemented) is None:
            operation["security"] = []
        return operation
