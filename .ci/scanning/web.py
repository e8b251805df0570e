"""Scanners that attack a running server: the demo, on loopback, in a data home of its own."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import findings
from findings import Finding
from still import ROOT, SAID, call

PORT = int(os.environ.get("SCAN_PORT", "8975"))
HOME = ROOT / ".data-scan" / "home"
READY_SECONDS = 900  # seeding takes one minute of a machine of its own, and ten of one shared by many
WHO = ("quanyi.agency_director", "quanyi.localhost")
SHARED = "localhost"
MODULES = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,ssrf,upload,xss,xxe"
# Lists whose every parameter goes into a query, and doors for strangers.
SIGNED_IN = (
    "/clients/?q=x&sort=name&page=1", "/records/?q=x&sort=-happened_on&page=1&kind=visit", "/stations/?q=x&sort=code",
    "/volunteers/?q=x&sort=name", "/grants/?q=x&state=paid", "/staff/?q=x", "/api/v1/clients/?q=x&limit=5",
    "/api/v1/visits/?limit=5", "/api/v1/stations/?limit=5",
)  # fmt: skip
STRANGER = ("/?q=x", "/funds/?q=x&area=370102", "/api/v1/regions/?q=x&level=3&parent=370102&limit=5",
            "/api/v1/disclosures/?month=2026-01")  # fmt: skip


@contextmanager
def demo(*, wanted: bool) -> Iterator[None]:
    """Run the demo while somebody wants it. Seeding takes a minute the first time; the home is kept."""
    if not wanted:
        yield
        return
    HOME.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "DATA_DIR": str(HOME), "PORT": str(PORT)}
    with (SAID / "demo.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "demo"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    try:
        _wait(running)
        yield
    finally:
        running.terminate()
        running.wait(timeout=60)


def wapiti() -> list[Finding]:
    """Crawl and attack, as a stranger on the shared host and as a director in the agency; `where` is the page.

    Time without an answer is not counted: it tells how busy the machine is.
    """
    return [*_wapiti("stranger", SHARED, "", 20, 3), *_wapiti("director", WHO[1], _signed_in(*WHO), 40, 6)]


def _wapiti(name: str, host: str, cookie: str, crawl: int, attack: int) -> list[Finding]:
    report = SAID / f"wapiti-{name}.json"
    base = f"http://127.0.0.1:{PORT}/"
    call("wapiti", "-u", base, "-H", f"Host: {host}:{PORT}", *(["-C", cookie] if cookie else []), "-m", MODULES,
         "-x", f"{base}accounts/*", "-x", f"{base}static/*", "--max-scan-time", str(crawl), "--max-attack-time",
         str(attack), "--max-links-per-page", "60", "--flush-session", "--no-bugreport", "-f", "json", "-o",
         str(report), "--store-session", str(SAID / name), "--tasks", "4", within=1000, home="wapiti3")  # fmt: skip
    said = json.loads(report.read_text("utf-8"))
    kinds = {**said["vulnerabilities"], **{kind: said["anomalies"][kind] for kind in ("Internal Server Error",)}}
    return [
        Finding("wapiti", kind, f"{name}:{urlsplit(one['path']).path}", f"{one['info']} {one.get('parameter') or ''}")
        for kind, ones in kinds.items()
        for one in ones
    ]


def sqlmap() -> list[Finding]:
    """Try every parameter of the lists for SQL; `where` is the page, `rule` how it was entered."""
    return [*_sqlmap("stranger", SHARED, "", STRANGER), *_sqlmap("director", WHO[1], _signed_in(*WHO), SIGNED_IN)]


def _sqlmap(name: str, host: str, cookie: str, pages: tuple[str, ...]) -> list[Finding]:
    for page in pages:
        status = _ask("GET", page, host, cookies=cookie)[0]
        assert status == 200, f"{page} answers {status}: nothing would be tried"
    targets, results = SAID / f"sqlmap-{name}.txt", SAID / f"sqlmap-{name}.csv"
    targets.write_text("".join(f"http://127.0.0.1:{PORT}{page}\n" for page in pages))
    said = call("sqlmap", "-m", str(targets), "--host", f"{host}:{PORT}", *(["--cookie", cookie] if cookie else []),
                "--batch", "--dbms", "PostgreSQL", "--technique", "BEUS", "--level", "1", "--threads", "2",
                "--timeout", "30", "--time-limit", "900", "--skip-waf", "--disable-coloring", "--ignore-code", "*",
                "--results-file", str(results), "--output-dir", str(SAID / "sqlmap"), within=1000)  # fmt: skip
    (SAID / f"sqlmap-{name}.log").write_text(said, "utf-8")
    print(f"sqlmap as {name}: {said.count('testing URL')} of {len(pages)} pages within its time", flush=True)
    return findings.entered(name, results.read_text("utf-8") if results.exists() else "")


def _wait(running: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if running.poll() is not None:
            raise RuntimeError(f"the demo did not start: {(SAID / 'demo.log').read_text('utf-8')[-2000:]}")
        try:
            if _ask("GET", "/readyz", SHARED)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(1)
    raise RuntimeError(f"the demo is not ready within {READY_SECONDS} s")


def _signed_in(username: str, host: str) -> str:
    """Return the cookies of a browser that has signed in."""
    _status, cookies, page = _ask("GET", "/accounts/login/", host)
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    password = json.loads((HOME / "demo.json").read_text("utf-8"))["accounts"][0]["password"]
    form = urlencode({"login": username, "password": password, "csrfmiddlewaretoken": token[1]})
    status, cookies, page = _ask("POST", "/accounts/login/", host, form, cookies)
    assert status == 302, (status, page)
    return cookies


def _ask(method: str, path: str, host: str, body: str = "", cookies: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    headers = {"Host": f"{host}:{PORT}", "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    given = [line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", [])]
    text = answer.read().decode()
    connection.close()
    return answer.status, "; ".join(given) or cookies, text
