// A form of a page that stood open for a while is sent once its person is known to be still signed in. If not, the page
// stays as it is, with what was typed: nothing is kept anywhere else.

const FRESH = 60_000;
let asked = Date.now();

function tell(dialog, why) {
  for (const part of dialog.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== why;
  dialog.showModal();
}

async function whoIsHere(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function askFirst(event) {
  const dialog = document.getElementById("away");
  const { target: form, submitter } = event;
  if (!dialog || form.method !== "post" || event.defaultPrevented || Date.now() - asked < FRESH) return;
  event.preventDefault();
  const said = await whoIsHere(dialog.dataset.here);
  if (!said) return tell(dialog, "unreached");
  if (said.person && said.person !== dialog.dataset.person) return tell(dialog, "other");
  if (!said.person || !said.proved) return tell(dialog, "gone");
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = said.token;
  asked = Date.now();
  form.requestSubmit(submitter);
}

export function listen() {
  document.addEventListener("submit", askFirst);
}
