// Pages that stay true. Elements marked data-live, each with an id, are fetched again and replaced where they changed; the
// attribute says after how many seconds. Elements inside with an id of their own are compared one by one, so that what is
// focused, selected or open stays so.
import { copyButtons } from "./copying.js";
import { times } from "./times.js";

const badge = document.getElementById("connection");
let lostAt = null;

export function live() {
  const parts = document.querySelectorAll("[data-live]");
  if (!parts.length) return;
  connected(true);
  schedule(interval());
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}

/** Tell people whether what they see is fresh. Other modules that keep a connection may call it too. */
export function connected(is) {
  if (!badge) return;
  if (is) lostAt = null;
  else lostAt ??= new Date();
  badge.hidden = false;
  badge.classList.toggle("lost", !is);
  badge.textContent = is ? "Live" : `Not connected since ${lostAt.toLocaleTimeString()}`;
}

let timer = 0;
function schedule(seconds) {
  clearTimeout(timer);
  timer = setTimeout(refresh, seconds * 1000);
}

function interval() {
  const wanted = [...document.querySelectorAll("[data-live]")].map((part) => Number(part.dataset.live) || 5);
  return Math.min(60, ...wanted);
}

let running = false;
export async function refresh() {
  if (running || document.hidden) return;
  running = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (other) update(part, other);
    }
    connected(true);
    document.dispatchEvent(new CustomEvent("lazulite:refreshed"));
  } catch {
    connected(false);
  } finally {
    running = false;
    schedule(lostAt ? 5 : interval());
  }
}

function update(old, fresh) {
  if (source(old) === source(fresh)) return;
  const keyed = [...fresh.children].every((child) => child.id) && fresh.children.length > 0;
  if (!keyed) {
    if (!old.contains(document.activeElement) || document.activeElement === old) replace(old, fresh);
    return;
  }
  if ("live" in fresh.dataset) old.dataset.live = fresh.dataset.live;
  else delete old.dataset.live;
  sources.set(old, source(fresh));
  const before = new Map([...old.children].map((child) => [child.id, child]));
  let place = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const known = before.get(child.id);
    before.delete(child.id);
    const isInPlace = known && known === place;
    if (isInPlace) place = place.nextElementSibling; // before it is swapped, and no longer there
    let current = known;
    if (!known) current = prepared(child);
    else if (source(known) !== source(child)) current = swapped(known, child);
    if (!isInPlace) old.insertBefore(current, place);
  }
  for (const gone of before.values()) gone.remove();
}

// What the server sent is remembered, because times and selections change what stands in the page. How long ago
// something was is no change.
const sources = new WeakMap();
function source(element) {
  if (!sources.has(element)) sources.set(element, element.outerHTML.replace(/(<span data-ago="">)[^<]*/g, "$1"));
  return sources.get(element);
}
// Modules are loaded before their importers run, so nothing has changed the page yet.
for (const part of document.querySelectorAll("[data-live]")) {
  source(part);
  for (const child of part.children) source(child);
}

function swapped(known, child) {
  const focused = known.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const checked = known.querySelector("input[type=checkbox]")?.checked;
  const next = prepared(child);
  known.replaceWith(next);
  const box = next.querySelector("input[type=checkbox]");
  if (box && checked) box.checked = true;
  if (focused) next.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  return next;
}

function replace(old, fresh) {
  old.replaceWith(prepared(fresh));
}

function prepared(element) {
  const made = document.importNode(element, true);
  sources.set(made, source(element));
  for (const child of element.children) sources.set(made.children[[...element.children].indexOf(child)], source(child));
  times(made);
  copyButtons(made);
  return made;
}
