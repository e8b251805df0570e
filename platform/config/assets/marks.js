// The sheet of marks: a card is saved when one leaves it. What could not be sent stays in this browser, for its person
// alone, until it is sent: without a network, or once the sign-in has ended. Without this script each card is a form.

const KEPT = "marks:";
const LONGEST = 60_000; // letters of one card
const DAYS = 7;
const LEFT_OUT = ["csrfmiddlewaretoken", "once", "proofs", "look"];
const sending = new WeakSet();

const person = () => document.getElementById("away")?.dataset.person ?? "";
const forms = () => [...document.querySelectorAll("form[data-mark-form]")];
const key = (form) => `${KEPT}${person()}:${form.getAttribute("action")}`;
const words = (form) => [...new FormData(form)].filter(([name, value]) => !LEFT_OUT.includes(name) && typeof value === "string");
const snapshot = (form) => JSON.stringify(words(form));

function say(form, what) {
  const sheet = form.closest("[data-mark-sheet]");
  const place = form.querySelector("[data-mark-status]");
  if (place) place.textContent = sheet.dataset[what] ?? "";
  form.dataset.state = what;
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

// A full or forbidden storage must not stop the typing: the page still holds what was typed.
function keep(form) {
  const text = JSON.stringify({ at: Date.now(), own: form.dataset.own, words: words(form) });
  try {
    if (text.length <= LONGEST) localStorage.setItem(key(form), text);
  } catch {}
}

function forget(wanted) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(KEPT) && wanted(name)) localStorage.removeItem(name);
  }
}

// What another person of this browser left, and what is too old, goes.
function forgetOthers() {
  const mine = `${KEPT}${person()}:`;
  forget((name) => !name.startsWith(mine) || Date.now() - (read(name)?.at ?? 0) > DAYS * 24 * 3600_000);
}

function addRow(cases) {
  const rows = cases.querySelectorAll(".mark-case");
  const row = rows[rows.length - 1].cloneNode(true);
  for (const node of row.querySelectorAll("[name], [for], [id], [aria-describedby]")) {
    for (const name of ["name", "for", "id", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replace(/case_\d+_/, `case_${rows.length}_`));
    }
    if ("value" in node) node.value = "";
  }
  rows[rows.length - 1].after(row);
}

function restore(form) {
  const kept = read(key(form));
  if (!kept) return;
  const cases = form.querySelector("[data-cases]");
  for (const [name, value] of kept.words) {
    for (let tries = 0; cases && !form.elements[name] && tries < 20; tries++) addRow(cases);
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.closest("details")?.setAttribute("open", "");
  say(form, kept.own === form.dataset.own ? "typing" : "differs");
}

async function fetchToken() {
  const address = document.getElementById("away").dataset.here;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const said = answer.ok ? await answer.json() : {};
  if (said.person !== person() || !said.proved) return false;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = said.token;
  return true;
}

const isGone = (answer) => answer.redirected || answer.status === 401 || answer.status === 403;

async function post(form, file) {
  for (const isLast of [false, true]) {
    const body = new FormData(form);
    body.delete("proofs");
    if (file) body.append("proofs", file);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!isGone(answer)) return answer;
    if (isLast || !(await fetchToken())) return null;
  }
}

// One photo a request: each is small enough for the server, and a broken line costs one of them, not all.
async function sendAll(form) {
  const files = [...(form.elements.proofs?.files ?? [])];
  let answer = await post(form, null);
  if (answer?.ok) form.dataset.own = (await answer.clone().text()).match(/data-own="(\w*)"/)?.[1] ?? "";
  for (const file of files) {
    if (!answer?.ok) break;
    answer = await post(form, file);
  }
  return answer;
}

function putIn(form, html) {
  const card = form.closest(".mark-card");
  const focused = card.contains(document.activeElement) ? document.activeElement.id : "";
  const id = card.id;
  card.outerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
  return document.getElementById(id)?.querySelector("form[data-mark-form]");
}

async function send(form) {
  if (sending.has(form)) return;
  sending.add(form);
  say(form, "saving");
  const sent = snapshot(form);
  try {
    const answer = await sendAll(form);
    if (!answer) return say(form, "gone");
    if (answer.status >= 500) return say(form, "offline");
    const html = await answer.text();
    if (!html.includes("data-mark-form")) return say(form, "gone");
    if (snapshot(form) !== sent) return say(form, "typing"); // typed on meanwhile: it is sent when one leaves the card
    if (answer.ok) localStorage.removeItem(key(form));
    const shown = putIn(form, html);
    if (shown) shown.dataset.saved = snapshot(shown);
  } catch {
    say(form, form.elements.proofs?.files.length ? "waiting" : "offline");
  } finally {
    sending.delete(form);
  }
}

const isChanged = (form) => snapshot(form) !== form.dataset.saved || form.elements.proofs?.files.length > 0;
const isWhole = (form) => form.checkValidity();

function onInput(event) {
  const form = event.target.form;
  if (!form?.matches("[data-mark-form]")) return;
  const sheet = form.closest("[data-mark-sheet]");
  if (event.target.name === "proofs") {
    if (event.target.files.length > Number(sheet.dataset.most)) {
      event.target.value = "";
      return say(form, "many");
    }
    if (event.type === "change" && isWhole(form)) return send(form);
  }
  keep(form);
  say(form, "typing");
}

function onLeave(event) {
  const form = event.target.form;
  if (!form?.matches("[data-mark-form]") || form.contains(event.relatedTarget)) return;
  if (isChanged(form) && isWhole(form) && form.dataset.state !== "differs") send(form);
}

function onSubmit(event) {
  const form = event.target;
  if (form.action?.endsWith("/logout/")) return forget(() => true);
  if (!form.matches("[data-mark-form]")) return;
  event.preventDefault();
  if (event.submitter?.name === "look") return addRow(form.querySelector("[data-cases]"));
  send(form);
}

function sendWaiting() {
  for (const form of forms()) {
    if (["offline", "waiting", "gone"].includes(form.dataset.state) && isWhole(form)) send(form);
  }
}

export function listen() {
  if (person()) forgetOthers();
  document.addEventListener("submit", onSubmit);
  if (!document.querySelector("[data-mark-sheet]")) return;
  for (const form of forms()) {
    form.dataset.saved = snapshot(form);
    restore(form);
    if (form.dataset.state === "typing" && isWhole(form)) send(form);
  }
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  document.addEventListener("focusout", onLeave);
  window.addEventListener("online", sendWaiting);
  window.addEventListener("focus", sendWaiting);
}
