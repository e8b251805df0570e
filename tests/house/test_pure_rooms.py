import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
PURE = next(one["source_modules"] for one in CONTRACTS if one["name"].startswith("Pure rooms"))


def imports_of(module: str) -> set[str]:
    path = Path(*module.split(".")).with_suffix(".py")
    file = next(root / path for root in (ROOT, ROOT / "platform") if (root / path).exists())
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("module", PURE)
def test_a_pure_room_knows_no_database(module: str) -> None:
    assert not {name for name in imports_of(module) if name.split(".")[:2] == ["django", "db"]}
