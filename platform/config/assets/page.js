// Keys and small comforts of the frame. Everything works without them.

const typing = (node) => node.matches?.("input, textarea, select, [contenteditable]");

function jumpToSearch(event) {
  const box = document.getElementById("quick-search");
  const combination = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !typing(event.target);
  if (!box || !(combination || slash)) return;
  event.preventDefault();
  box.focus();
  box.select();
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    const outside = event.type === "click" && !menu.contains(event.target);
    const escaped = event.type === "keydown" && event.key === "Escape";
    if (outside || escaped) menu.open = false;
    if (escaped) menu.querySelector("summary").focus();
  }
}

// A note goes by itself after ten seconds, unless somebody is reading it or about to press 撤销.
function fadeNotes(root) {
  for (const note of root.querySelectorAll(".toast-note[data-fades]")) {
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 3000) : note.remove());
    setTimeout(leave, 10000);
  }
}

// A table wider than the screen can be scrolled with the keyboard.
function openTables() {
  for (const box of document.querySelectorAll(".table-responsive")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

function onClick(event) {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast-note").remove();
  if (event.target.closest("[data-print]")) window.print();
}

export function listen() {
  document.addEventListener("keydown", jumpToSearch);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("click", closeMenus);
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:afterSwap", (event) => fadeNotes(event.target));
  window.addEventListener("resize", openTables);
  fadeNotes(document);
  openTables();
}
