// The page of a run: choosing steps without leaving the page, and news from the run's own event stream.
import { copyButtons } from "./copying.js";
import { graph } from "./graph.js";
import { connected, refresh } from "./live.js";
import { log } from "./log.js";
import { times } from "./times.js";

graph();
log();
search();
listen();

// --- choosing a step or a tab: the panel is fetched and replaced, the drawing stays as it is zoomed ---

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[data-step], a[data-panel]");
  if (!link || !document.getElementById("panel")) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  history.pushState({}, "", href);
  open(href, link.hasAttribute("data-step"));
});
window.addEventListener("popstate", () => open(location.href, false));

let asked = 0;
async function open(href, focus) {
  const mine = ++asked;
  const old = document.getElementById("panel");
  old.classList.add("loading");
  try {
    const answer = await fetch(href, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    const panel = document.importNode(fresh.getElementById("panel"), true);
    document.getElementById("panel").replaceWith(panel);
    times(panel);
    copyButtons(panel);
    choose(new URL(href, location.href).searchParams.get("step"));
    // The links of the drawing and of the switch keep the tab that is open.
    for (const one of document.querySelectorAll(".run-view a[href]")) {
      const other = one.closest("[id]") && fresh.getElementById(one.closest("[id]").id)?.querySelector("a[href]");
      const same = one.dataset.step ? fresh.querySelector(`.run-view a[data-step="${CSS.escape(one.dataset.step)}"]`)
        : one.dataset.view ? fresh.querySelector(`.run-view a[data-view="${one.dataset.view}"]`) : other;
      if (same) one.setAttribute("href", same.getAttribute("href"));
    }
    log();
    if (focus) {
      document.getElementById("panel-title").focus({ preventScroll: true });
      if (matchMedia("(max-width: 75rem)").matches) panel.scrollIntoView({ block: "start" });
    }
  } catch {
    location.assign(href);
  }
}

function choose(step) {
  for (const link of document.querySelectorAll("a[data-step]")) {
    if (link.dataset.step === step) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    link.closest("tr")?.classList.toggle("chosen", link.dataset.step === step);
  }
  document.dispatchEvent(new CustomEvent("lazulite:chosen"));
}

// A log that was waited for has come: the panel is asked for again.
document.addEventListener("lazulite:refreshed", () => {
  if (document.getElementById("log-wait")) open(location.href, false);
});

// --- finding a step by its name ---

function search() {
  const field = document.getElementById("step-search");
  if (!field) return;
  field.hidden = false;
  const links = () => [...document.querySelectorAll("[data-name]")];
  field.addEventListener("input", () => {
    const text = field.value.trim().toLowerCase();
    const found = [];
    for (const link of links()) {
      const fits = !text || link.dataset.name.toLowerCase().includes(text);
      (link.closest("tr") ?? link).classList.toggle("dim", !fits);
      if (text && fits) found.push(link);
    }
    found[0]?.scrollIntoView({ block: "center", inline: "center" });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const text = field.value.trim().toLowerCase();
    const first = links().find((link) => link.dataset.name.toLowerCase().includes(text));
    if (text && first) first.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  });
}

// --- news: the server tells of each event; where it cannot, the page looks every few seconds as all pages do ---

function listen() {
  const facts = document.getElementById("run-facts");
  const address = facts?.dataset.events;
  if (!address) return;
  const source = new EventSource(address);
  let isWaiting = false;
  let gap = 250;
  // Several events at once are one look; a page that takes long is not asked for all the time.
  const news = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(async () => {
      isWaiting = false;
      const began = performance.now();
      await refresh();
      gap = Math.max(250, 3 * (performance.now() - began));
    }, gap);
  };
  for (const kind of ["message", "event", "submitted", "status", "decided", "launched", "lost", "cancel_requested"]) {
    source.addEventListener(kind, news);
  }
  source.addEventListener("open", () => connected(true));
  source.addEventListener("end", () => { source.close(); news(); });
  source.addEventListener("error", () => {
    // Closed for good (no stream here): looking every few seconds goes on.
    if (source.readyState === EventSource.CLOSED) return;
    connected(false);
  });
  addEventListener("pagehide", () => source.close());
}
