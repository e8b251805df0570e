"""Files made to hurt whoever opens them, each some kilobytes or at most five megabytes: the set of AT-26."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MB = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LAUGHS = b'<!DOCTYPE lolz [<!ENTITY l0 "lol">' + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
) + b"]>"  # fmt: skip


def table(*rows: tuple[object, ...]) -> bytes:
    """Return a good Excel file."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def changed(parts: Mapping[str, bytes], renamed: Mapping[str, str] | None = None, good: bytes | None = None) -> bytes:
    """Return a good file with some parts put in place of its own (or beside them), and some under other names."""
    file, names = io.BytesIO(), renamed or {}
    source = zipfile.ZipFile(io.BytesIO(good or table(("甲", 1))))
    contents = {part.filename: source.read(part) for part in source.infolist()} | dict(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in contents.items():
            for old, new in names.items():
                content = content.replace(old.rpartition("/")[2].encode(), new.encode())
            made.writestr(names.get(name, name), content)
    return file.getvalue()


def sheet(rows: bytes, head: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>%s<worksheet xmlns="%s"><sheetData>%s'
        b"</sheetData></worksheet>" % (head, MAIN.encode(), rows)
    )


SHEET = "xl/worksheets/sheet1.xml"


def far_cell() -> bytes:
    return changed({SHEET: sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>' + FAR)})


def far_cell_in_an_odd_part() -> bytes:
    """The workbook's relationships name the sheet's part as they like: 1.4 KB that ask for 550 GB."""
    odd = {SHEET: "xl/odd.bin", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook.xml.rels"}
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row>' + FAR
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="odd.bin"/>'
        b"</Relationships>"
    )
    return changed({SHEET: sheet(rows), "xl/_rels/workbook.xml.rels": rels}, {SHEET: odd[SHEET]})


def long_thin_sheet() -> bytes:
    """The last row of a sheet, and cells enough to fill some gigabytes between."""
    return changed({SHEET: sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>'
                                 b'<row r="900000"><c r="GR900000"><v>1</v></c></row>')})  # fmt: skip


def layers() -> bytes:
    """As 42.zip: a few hundred bytes unpack to seventy megabytes, and inside to more."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("0.xml", b" " * (70 * MB))
    return changed({SHEET: sheet(b" " * (70 * MB)), "xl/media/inner.zip": inner.getvalue()})


def overlapping() -> bytes:
    """Many entries of the directory share one body of a megabyte of nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b" " * MB)
    data = file.getvalue()
    at = data.index(b"PK\x01\x02")
    entry, end = data[at : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    many = entry * 190
    return data[:at] + many + end[:8] + struct.pack("<HHLL", 190, 190, len(many), at) + end[20:]


def entities() -> bytes:
    return changed({SHEET: sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>', LAUGHS)})


def shared_strings() -> bytes:
    """A million texts, of which the table shows one."""
    texts = b"".join(b"<si><t>%07d</t></si>" % number for number in range(1_000_000))
    return changed({"xl/sharedStrings.xml": b'<sst xmlns="%s">%s</sst>' % (MAIN.encode(), texts)})


def macros() -> bytes:
    types = b'<Override PartName="/xl/odd.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    good = table(("甲", 1))
    content = zipfile.ZipFile(io.BytesIO(good)).read("[Content_Types].xml").replace(b"</Types>", types)
    return changed({"[Content_Types].xml": content, "xl/odd.bin": OLE + b"\x00" * 600}, good=good)


def link() -> bytes:
    """An entry that is a symbolic link out of the file."""
    file = io.BytesIO(table(("甲", 1)))
    with zipfile.ZipFile(file, "a") as made:
        entry = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, "../../../../etc/passwd")
    return file.getvalue()


def claimed() -> bytes:
    """A part that says of itself that it unpacks to 500 MB."""
    data = bytearray(table(("甲", 1)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 500 * MB)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "42.zip": layers,
    "overlapping entries": overlapping,
    "entities": entities,
    "a million texts": shared_strings,
    "far cell": far_cell,
    "far cell in an odd part": far_cell_in_an_odd_part,
    "long thin sheet": long_thin_sheet,
    "macros": macros,
    "link": link,
    "claims 500 MB": claimed,
    "old Excel": lambda: OLE + b"\x00" * 2000,
    "locked": lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 2000,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "program": lambda: b"MZ" + b"\x90\x00" * 500,
    "torn": lambda: table(("甲", 1))[:-300],
    "one endless cell": lambda: b'"' + b"x" * (4 * MB),
    "nothing but commas": lambda: b"," * (5 * MB),
    "rows without end": lambda: b"a,b\n" * MB,
    "too large": lambda: b"x" * (5 * MB + 1),
}
"""What AT-26 names; the tests hold every upload page against them."""
