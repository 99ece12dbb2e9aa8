// Keys: / searches, j and k walk through rows, x selects, g and a letter goes to a page, ? shows them all.
const PLACES = { h: "", r: "runs", e: "experiments", p: "pipelines", n: "endpoints", s: "schedules", d: "datastores", m: "models", c: "computes" };
let going = 0;

export function keyboard() {
  const dialog = document.getElementById("keys");
  const button = document.getElementById("keys-button");
  if (button && dialog) {
    button.hidden = false;
    button.title = "Keyboard (?)";
    button.addEventListener("click", () => dialog.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (Date.now() - going < 1500 && event.key in PLACES) {
      going = 0;
      go(PLACES[event.key], event);
      return;
    }
    const action = {
      "/": () => document.getElementById("search")?.focus(),
      "?": () => dialog?.showModal(),
      j: () => walk(1),
      k: () => walk(-1),
      x: () => document.activeElement?.closest?.("[data-row]")?.querySelector("input[type=checkbox]")?.click(),
      g: () => { going = Date.now(); },
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") ?? false;
}

function go(place, event) {
  const start = location.pathname.match(/^\/workspaces\/[^/]+/)?.[0];
  if (!start) return;
  event.preventDefault();
  location.href = place ? `${start}/${place}` : start;
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement?.closest?.("[data-row]"));
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step))];
  const link = next.querySelector("a[href]");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}
