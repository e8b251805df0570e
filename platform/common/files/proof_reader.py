"""Draw one photo or paper anew in a process of its own: `python -I -S proof_reader.py FOLDERS… < file > answer`.

Started by common/files/proofs.py for every photo or paper that somebody uploads. A photo is drawn pixel by pixel into
a new picture and a paper page by page into a new one, so that nothing else comes along: no place, no device, no author,
no script, no embedded file. As in sheet_reader.py, memory, processor time, files and descriptors are bounded before the
first byte is read.

It writes one line, a word of VERDICTS, and after PHOTO or PAPER the bytes of the new file. Nothing written says
that the process was ended.
"""

import io
import sys
import warnings
from pathlib import Path
from typing import Any, Final

MB: Final = 1024 * 1024
MEMORY: Final = 640 * MB
PROCESSOR_SECONDS: Final = 10
PIXELS: Final = 50_000_000  # more than any phone takes; told by the head of the file, before a pixel is drawn
SIDE: Final = 2400  # of the new picture: an A4 page photographed stays readable
QUALITY: Final = 82
PAGES: Final = 200
PICTURES: Final = ("JPEG", "PNG", "WEBP")
PHOTO, PAPER, BROKEN, BIG, LOCKED, ODD = VERDICTS = ("photo", "paper", "broken", "big", "locked", "odd")


class Verdict(Exception):
    """Why the file is not taken: one of VERDICTS."""


def anew(data: bytes) -> tuple[str, bytes]:
    """Return PHOTO or PAPER and the new file: a JPEG or a PDF. What it is is told by its content, never by its name.

    :raises Verdict: saying why the file is not taken.
    """
    if data[:1024].lstrip()[:5] == b"%PDF-":
        return PAPER, _paper(data)
    return PHOTO, _photo(data)


def _photo(data: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=PICTURES) as picture:
            picture.draft("RGB", (SIDE, SIDE))  # a large JPEG is read at a fraction of its size
            shown = ImageOps.exif_transpose(picture)
            shown.thumbnail((SIDE, SIDE))
            drawn = Image.new("RGB", shown.size, "white")
            seen = shown.convert("RGBA")
            drawn.paste(seen, mask=seen.getchannel("A"))
    except UnidentifiedImageError:
        raise Verdict(ODD) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Verdict(BIG) from None
    except Exception:  # Pillow's readers raise whatever a wrong byte leads them to
        raise Verdict(BROKEN) from None
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _paper(data: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Verdict(LOCKED)
        if not 0 < len(reader.pages) <= PAGES:
            raise Verdict(BIG if reader.pages else BROKEN)
        writer = PdfWriter()
        for page in reader.pages:
            _bare(writer.add_page(page))
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except Verdict:
        raise
    except MemoryError:
        raise Verdict(BIG) from None
    except Exception:  # as above
        raise Verdict(BROKEN) from None
    return out.getvalue()


def _bare(page: Any) -> None:
    """Leave a page what it shows: no notes, buttons and links, no acts, no data of the program that wrote it."""
    for name in ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb"):
        page.pop(name, None)


def main() -> None:
    sys.path += sys.argv[1:]
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    # Loaded before descriptors are bounded.
    import PIL.Image
    import PIL.ImageOps
    import pypdf  # noqa: F401

    from common.files.sheet_reader import bound

    PIL.Image.init()
    bound(MEMORY, PROCESSOR_SECONDS)
    out = sys.stdout.buffer
    try:
        kind, content = anew(sys.stdin.buffer.read())
    except Verdict as refusal:
        kind, content = str(refusal), b""
    out.write(kind.encode() + b"\n" + content)


if __name__ == "__main__":
    main()
