"""`python -m bench`: one JSON line for each goal of speed. Ends with 1 if a goal is missed."""

import json
import sys
from importlib import import_module

from bench import ground

PARTS = (
    "places", "visits", "scoring", "keeping", "slots", "lists", "exports", "ledger", "opening", "uploads", "telling",
)  # fmt: skip


def main(parts: list[str]) -> int:
    held = True
    with ground.database():
        for part in parts or PARTS:
            for row in import_module(f"bench.{part}").measure():
                print(json.dumps(row, ensure_ascii=False), flush=True)
                held &= row["holds"]
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
