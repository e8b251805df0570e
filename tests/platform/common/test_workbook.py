"""Excel files run nothing: text stays text, numbers stay numbers."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.test import RequestFactory

from accounts.models import User
from common.dates import SHANGHAI
from common.files import workbook
from common.pages.listing import Listing
from common.pages.table import Column


def sheet_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def cell(sheet, place):
    return re.search(rf'<c r="{place}"[^>]*>(.*?)</c>', sheet).group(0)


@pytest.mark.parametrize("text", ["=1+1", "+86 531", "-3", "@SUM(A1)", "{=A1}", "http://example.org", "007"])
def test_text_stays_text(text):
    sheet = sheet_of(workbook.answer("清单", ["内容"], [[text]]))

    assert 't="inlineStr"' in cell(sheet, "A2")
    assert "<f>" not in sheet


def test_numbers_and_days_keep_their_type():
    noon = dt.datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
    sheet = sheet_of(workbook.answer("清单", list("abcde"), [[-3, Decimal("12.50"), noon, noon.date(), None]]))

    assert "<v>-3</v>" in cell(sheet, "A2")
    assert "<v>12.50</v>" in cell(sheet, "B2")
    assert "<v>46347.5</v>" in cell(sheet, "C2")
    assert "<v>46347</v>" in cell(sheet, "D2")
    assert 'r="E2"' not in sheet


def test_truth_is_a_word():
    assert "是" in sheet_of(workbook.answer("清单", ["有效"], [[True]]))


def test_moments_are_shanghai_time():
    sheet = sheet_of(workbook.answer("清单", ["时间"], [[dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC)]]))

    assert "<v>46347</v>" in cell(sheet, "A2")


@pytest.mark.usefixtures("public")
def test_export_holds_exactly_what_is_filtered():
    User.objects.bulk_create(User(username=f"worker-{number:03}", name="𠮷田") for number in range(30))
    request = RequestFactory().get("/people/?q=worker-00&page=2&export=xlsx")
    columns = (Column("username", "用户名", sort="username"), Column("name", "姓名"))
    found = Listing(request, User.objects.all(), columns=columns, order="username", search=("username",))

    answer = found.export("人员")
    sheet = sheet_of(answer)

    assert found.wants_export
    assert sheet.count("<row ") == 11
    assert sheet.count("𠮷田") == 10
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%BA%BA%E5%91%98")
