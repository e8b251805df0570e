"""The pages Stripe hosts, as small as a browser needs to press through them."""

from html import escape
from urllib.parse import parse_qs

from tests.fakes.stripe import checkout, subscriptions
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.wrong import Wrong

WAYS = {"card": "银行卡", "alipay": "支付宝", "wechat_pay": "微信支付"}
Answer = tuple[int, str, str]  # status, body, Location


def answer(books: Books, method: str, path: str, body: str) -> Answer:
    """Answer a visit to /pay/…, /portal/… or /invoice/…."""
    place, _slash, name = path.strip("/").partition("/")
    found = books.objects.get(name.partition("/")[0])
    said = {key: values[-1] for key, values in parse_qs(body).items()}
    if found is None:
        return 404, _page("没有这一页", ""), ""
    if place == "pay":
        return _pay(books, found, said if method == "POST" else None)
    if place == "portal":
        return _portal(books, found, said if method == "POST" else None)
    return 200, _page(f"账单 {found['number']}", f"<p>{found['total'] / 100:.2f} CNY · {found['status']}</p>"), ""


def _pay(books: Books, session: Object, said: dict[str, str] | None) -> Answer:
    if session["status"] != "open":
        return (
            200,
            _page("这次付款已经结束", f'<a id="back" href="{escape(session["cancel_url"] or "/")}">返回</a>'),
            "",
        )
    problem = ""
    if said is not None:
        try:
            there = checkout.press(
                books, session["id"], said.get("card", ""), said.get("way", "card"), said.get("code", "")
            )
        except Wrong as refusal:
            problem = str(refusal)
        else:
            return 303, "", there
    ways = "".join(
        f'<label><input type="radio" name="way" value="{way}"{" checked" if n == 0 else ""}>{WAYS[way]}</label> '
        for n, way in enumerate(session["payment_method_types"])
    )
    form = (
        f'<p role="alert">{escape(problem)}</p><p>{session["amount_total"] / 100:.2f} CNY</p>'
        f'<form method="post">{ways}<p><label>卡号 <input name="card" id="card" autocomplete="off"></label></p>'
        '<p><label>优惠码 <input name="code" autocomplete="off"></label></p><button id="pay">付款</button></form>'
        f'<p><a id="back" href="{escape(session["cancel_url"] or "/")}">返回</a></p>'
    )
    return 200, _page("付款", form), ""


def _portal(books: Books, visit: Object, said: dict[str, str] | None) -> Answer:
    customer, problem = visit["customer"], ""
    if said is not None:
        try:
            if "card" in said:
                checkout.change_card(books, customer, said["card"].replace(" ", ""))
            elif "cancel" in said:
                subscriptions.update(books, {"cancel_at_period_end": said["cancel"] == "yes"}, said["subscription"])
        except Wrong as refusal:
            problem = str(refusal)
    rows = "".join(
        f"<li>{held['id']}: {held['status']}"
        f'<form method="post"><input type="hidden" name="subscription" value="{held["id"]}">'
        f'<button name="cancel" value="{"no" if held["cancel_at_period_end"] else "yes"}">'
        f"{'继续订阅' if held['cancel_at_period_end'] else '到期取消'}</button></form></li>"
        for held in books.all("subscription", customer=customer)
    )
    form = (
        f'<p role="alert">{escape(problem)}</p><ul>{rows}</ul>'
        '<form method="post"><label>新卡号 <input name="card" id="card" autocomplete="off"></label>'
        '<button id="save">更换银行卡</button></form>'
        f'<p><a id="back" href="{escape(visit["return_url"] or "/")}">返回</a></p>'
    )
    return 200, _page("管理订阅", form), ""


def _page(title: str, body: str) -> str:
    return f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{body}</html>'
