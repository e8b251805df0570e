"""The chain recomputed over the lines that somebody is looking at, while they wait.

The whole of a log is verified every night (`chain.wrong_lines`). Here are the blocks that hold the shown lines, each
whole, with its place between the block before and the block after: so a line that was changed, taken out or sealed
anew shows, and it takes as long as is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from common.logs.chain import DIGEST

MOST_LINES: Final = 1_000


@dataclass(frozen=True)
class Verdict:
    """How many of the asked lines are sealed, in how many blocks with how many lines in all, how many wait for their
    seal (a minute at most), and which lines and blocks are not as they were sealed."""

    lines: int
    blocks: int
    recomputed: int
    open: int
    wrong_lines: tuple[int, ...]
    wrong_blocks: tuple[int, ...]

    @property
    def holds(self) -> bool:
        return not self.wrong_lines and not self.wrong_blocks

    @property
    def words(self) -> str:
        """Say it."""
        if not self.holds:
            wrong = {"lines": len(self.wrong_lines), "blocks": len(self.wrong_blocks)}
            return _("与封存时不一致：%(lines)d 行、%(blocks)d 段。请立即告知平台运营。") % wrong
        said = _("已重新计算：%(lines)d 行与封存时一致，所在的 %(blocks)d 段首尾相接。") % {
            "lines": self.lines, "blocks": self.blocks,
        }  # fmt: skip
        return said + (_("另有 %(n)d 行刚刚写下，一分钟内封存。") % {"n": self.open} if self.open else "")


def verified(app: str, entry: str, ids: Sequence[int]) -> Verdict:
    """Recompute the blocks that hold these lines of the log where we stand; at most 1,000 lines."""
    seal, block = f"{app}_seal", f"{app}_block"
    asked = list(ids)[:MOST_LINES]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT entry_id, block_id FROM {seal} WHERE entry_id = ANY(%s)", [asked])
        sealed = dict(cursor.fetchall())
        blocks = sorted({number for number in sealed.values() if number is not None})
        # Every line of these blocks, by what it says now; a line that is gone has no digest any more.
        cursor.execute(
            f"""SELECT s.block_id, s.entry_id, s.digest, {DIGEST} FROM {seal} s LEFT JOIN {entry} e ON e.id = s.entry_id
                 WHERE s.block_id = ANY(%s) ORDER BY s.block_id, s.entry_id""",
            [blocks],
        )
        rows = cursor.fetchall()
        cursor.execute(
            f"""SELECT b.number FROM {block} b
                  LEFT JOIN {block} p ON p.number = b.number - 1 LEFT JOIN {block} n ON n.number = b.number + 1
                  LEFT JOIN LATERAL (SELECT count(*) AS size, string_agg(s.digest, '' ORDER BY s.entry_id) AS digests
                                       FROM {seal} s WHERE s.block_id = b.number) said ON true
                 WHERE b.number = ANY(%s)
                   AND (b.size <> said.size OR b.before <> coalesce(p.digest, '') OR n.before <> b.digest
                        OR b.digest <> encode(sha256(convert_to(b.before || said.size || said.digests, 'UTF8')), 'hex'))
                UNION SELECT wanted FROM unnest(%s::bigint[]) wanted
                 WHERE NOT EXISTS (SELECT 1 FROM {block} b WHERE b.number = wanted)""",
            [blocks, blocks],
        )
        wrong_blocks = tuple(sorted(row[0] for row in cursor.fetchall()))
    gone = [line for line in asked if line not in sealed]
    changed = [line for _block, line, kept, now in rows if kept != now]
    return Verdict(
        lines=sum(number is not None for number in sealed.values()),
        blocks=len(blocks),
        recomputed=len(rows),
        open=sum(number is None for number in sealed.values()),
        wrong_lines=tuple(sorted({*gone, *changed})),
        wrong_blocks=wrong_blocks,
    )
