"""What the crawler makes of a form: the address that a person's browser would ask for."""

import pytest

from tests.flows.crawling import Links

LEVEL = '<select name="level"{must}><option value=""{empty}>-</option><option value="1">1</option>{rest}</select>'


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ('<input name="q" value="a b"><input type="submit" name="go" value="1">', "/list/?q=a+b"),
        (LEVEL.format(must="", empty=" selected", rest=""), "/list/?level="),
        (LEVEL.format(must=" required", empty=" selected", rest=""), "/list/?level=1"),
        (LEVEL.format(must=" required", empty="", rest='<option value="2" selected>2</option>'), "/list/?level=2"),
        (LEVEL.format(must="", empty="", rest=""), "/list/?level="),
        ('<select name="key" required><option value="jinan">济南</option></select>', "/list/?key=jinan"),
        ('<select name="key" multiple><option value="jinan">济南</option></select>', "/list/"),
        ('<input type="radio" name="a" value="x" required><input type="radio" name="a" value="y" required>',
         "/list/?a=x"),
        ('<input type="radio" name="a" value="x" required><input type="radio" name="a" value="y" required checked>',
         "/list/?a=y"),
        ('<input type="checkbox" name="a" value="x"><input type="checkbox" name="b" value="y" checked>', "/list/?b=y"),
    ],
)  # fmt: skip
def test_a_form_leads_where_a_person_who_fills_it_in_gets(fields: str, address: str) -> None:
    assert Links(f'<form action="/list/">{fields}</form>').found == [address]


def test_what_is_sent_with_post_leads_nowhere() -> None:
    assert Links('<form method="post" action="/x/"><input name="q"></form><a href="/y/">y</a>').found == ["/y/"]
