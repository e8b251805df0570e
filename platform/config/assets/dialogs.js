// A link with data-dialog="id" opens that <dialog>; without script it leads to the page that asks the same.

function onClick(event) {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
}

export function listen() {
  document.addEventListener("click", onClick);
}
