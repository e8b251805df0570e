// Errors take the focus, a form is sent once, a filter follows its choices, a batch counts itself.

function focusErrors(root) {
  root.querySelector(".error-summary")?.focus();
}

function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

// Coming back with the browser's arrow shows the page as it was left: forms may be sent again.
function openAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
}

function followChoice(event) {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
}

function countBatch(event) {
  const batch = event.target.closest?.("[data-batch]");
  if (!batch) return;
  const boxes = [...batch.querySelectorAll("input[type=checkbox][name]")];
  if (event.target.matches("[data-all]")) boxes.forEach((box) => (box.checked = event.target.checked));
  const chosen = boxes.filter((box) => box.checked).length;
  for (const place of batch.querySelectorAll("[data-chosen]")) place.textContent = chosen;
  for (const act of batch.querySelectorAll("[data-batch-act]")) act.disabled = chosen === 0;
}

export function listen() {
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", followChoice);
  document.addEventListener("change", countBatch);
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
  window.addEventListener("pageshow", openAgain);
  focusErrors(document);
}
