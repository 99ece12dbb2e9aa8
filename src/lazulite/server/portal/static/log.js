// A log of any size: the page holds a window of its lines, the rest is asked for as it is scrolled to. While the run goes
// on, new lines come by themselves. Lines are made of text nodes: nothing that a script printed becomes markup.
import { connected } from "./live.js";

const PAGE = 500;
const MOST = 3000;
let current = null;

export function log() {
  current?.close();
  const root = document.getElementById("log");
  current = root ? new Log(root) : null;
}

/** Bytes as the server writes them. */
function size(bytes) {
  const unit = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return `${(bytes / 1000 ** unit).toFixed([0, 1, 1, 2][unit])} ${["B", "KB", "MB", "GB"][unit]}`;
}

class Log {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("#log-lines");
    this.address = root.dataset.address;
    this.file = root.dataset.file;
    this.permalink = root.dataset.permalink;
    this.total = Number(root.dataset.total);
    this.marked = Number(root.dataset.marked) || null;
    this.found = [];
    this.at = -1;
    this.busy = false;
    this.aborter = new AbortController();
    this.bar();
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const marked = this.list.querySelector(".marked");
    if (marked) this.center(marked);
    else this.list.scrollTop = this.list.scrollHeight;
    this.stamps();
    if (root.hasAttribute("data-follow")) this.follow();
  }

  close() {
    this.aborter.abort();
    this.source?.close();
  }

  get first() { return Number(this.list.firstElementChild?.value ?? 1); }
  get last() { return Number(this.list.lastElementChild?.value ?? 0); }
  get isAtEnd() { return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40; }

  bar() {
    const $ = (id) => this.root.querySelector(`#log-${id}`);
    $("bar").hidden = false;
    this.output = $("found");
    this.following = $("follow");
    let timer = 0;
    $("search").addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => this.search(event.target.value), 250);
    });
    $("search").addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.turn(event.shiftKey ? -1 : 1);
    });
    $("next").addEventListener("click", () => this.turn(1));
    $("previous").addEventListener("click", () => this.turn(-1));
    $("start").addEventListener("click", () => { this.unfollow(); this.show(1, "start"); });
    $("end").addEventListener("click", () => this.toEnd());
    $("error").addEventListener("click", async () => {
      const { lines } = await this.ask("/find", {});
      if (lines.length) { this.unfollow(); await this.show(lines[0], "center"); this.mark(lines[0], "marked"); }
      else this.output.textContent = "no error";
    });
    $("wrap").addEventListener("change", (event) => this.list.classList.toggle("wrap", event.target.checked));
    $("stamps").addEventListener("change", (event) => this.list.classList.toggle("no-stamps", !event.target.checked));
    this.list.addEventListener("keydown", (event) => {
      if (event.key === "End") { event.preventDefault(); this.toEnd(); }
      if (event.key === "Home") { event.preventDefault(); this.unfollow(); this.show(1, "start"); }
    });
    this.list.addEventListener("wheel", (event) => event.deltaY < 0 && this.unfollow(), { passive: true });
  }

  async ask(path, query) {
    const answer = await fetch(`${this.address}${path}?${new URLSearchParams({ file: this.file, ...query })}`, {
      signal: this.aborter.signal, credentials: "same-origin",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // --- the window of lines ---

  line(number, parts) {
    const item = document.createElement("li");
    item.value = number;
    const link = document.createElement("a");
    link.className = "number";
    link.href = `${this.permalink}&line=${number}`;
    link.tabIndex = -1;
    link.textContent = number;
    const code = document.createElement("code");
    for (const [text, look] of parts) {
      if (!look) { code.append(text); continue; }
      const span = document.createElement("span");
      span.className = look;
      span.textContent = text;
      code.append(span);
    }
    item.append(link, code);
    if (number === this.marked) item.className = "marked";
    if (this.found.length && this.foundSet.has(number)) item.classList.add("found");
    return item;
  }

  items(page) { return page.lines.map((parts, n) => this.line(page.first + n, parts)); }

  told(page) {
    this.total = Math.max(page.total, page.first + page.lines.length - 1);
    const count = this.root.querySelector("#log-count");
    count.textContent = `${this.total.toLocaleString("en")} line${this.total === 1 ? "" : "s"}`;
    this.root.querySelector("#log-size").textContent = size(page.size);
    this.stamps();
  }

  stamps() {
    if (this.list.querySelector(".stamp")) this.root.querySelector("#log-stamps-label").hidden = false;
  }

  async show(number, block) {
    if (number < this.first || number > this.last) {
      const from = block === "start" ? number : Math.max(1, number - PAGE / 2);
      const page = await this.ask("", { from, count: PAGE });
      this.list.replaceChildren(...this.items(page));
      this.told(page);
    }
    const item = this.item(number);
    if (block === "start") this.list.scrollTop = item ? item.offsetTop - this.list.offsetTop : 0;
    else if (item) this.center(item);
  }

  item(number) { return this.list.children[number - this.first] ?? null; }

  center(item) {
    this.list.scrollTop += item.getBoundingClientRect().top - this.list.getBoundingClientRect().top - this.list.clientHeight / 2;
  }

  mark(number, name) {
    for (const one of this.list.querySelectorAll(`.${name}`)) one.classList.remove(name);
    this.item(number)?.classList.add(name);
    if (name === "marked") {
      this.marked = number;
      history.replaceState({}, "", `${this.permalink}&line=${number}`);
    }
  }

  async scrolled() {
    if (this.busy) return;
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    this.busy = true;
    try {
      if (scrollTop < 300 && this.first > 1) await this.before();
      else if (scrollHeight - scrollTop - clientHeight < 300 && this.last < this.total) await this.after();
      if (this.source && this.following) this.following.checked = this.isAtEnd && this.last >= this.total;
    } catch { /* left the page, or the server is away: scrolling again asks again */ } finally { this.busy = false; }
  }

  async before() {
    const from = Math.max(1, this.first - PAGE);
    const page = await this.ask("", { from, count: this.first - from });
    const height = this.list.scrollHeight;
    this.list.prepend(...this.items(page));
    this.list.scrollTop += this.list.scrollHeight - height;
    while (this.list.children.length > MOST) this.list.lastElementChild.remove();
  }

  async after() {
    const page = await this.ask("", { from: this.last + 1, count: PAGE });
    this.list.append(...this.items(page));
    this.told(page);
    this.trim();
  }

  trim() {
    const height = this.list.scrollHeight;
    while (this.list.children.length > MOST) this.list.firstElementChild.remove();
    this.list.scrollTop -= height - this.list.scrollHeight;
  }

  async toEnd() {
    if (this.last < this.total) {
      const page = await this.ask("", { from: -PAGE, count: PAGE });
      this.list.replaceChildren(...this.items(page));
      this.told(page);
    }
    this.list.scrollTop = this.list.scrollHeight;
    if (this.source) this.following.checked = true;
  }

  // --- search ---

  get foundSet() { return (this.cached ??= new Set(this.found)); }

  async search(text) {
    this.found = [];
    this.cached = null;
    this.at = -1;
    if (text) {
      try {
        const answer = await this.ask("/find", { text });
        this.found = answer.lines;
        this.isCut = answer.is_cut;
      } catch { return; }
    }
    for (const item of this.list.children) item.classList.toggle("found", this.foundSet.has(item.value));
    this.output.textContent = text ? (this.found.length ? `${this.found.length}${this.isCut ? "+" : ""}` : "none") : "";
    if (this.found.length) this.turn(1);
  }

  async turn(by) {
    if (!this.found.length) return;
    this.unfollow();
    this.at = (this.at + by + this.found.length) % this.found.length;
    const number = this.found[this.at];
    await this.show(number, "center");
    this.mark(number, "here");
    this.output.textContent = `${this.at + 1} of ${this.found.length}${this.isCut ? "+" : ""}`;
  }

  // --- following ---

  unfollow() { if (this.following) this.following.checked = false; }

  follow() {
    const source = new EventSource(`${this.address}/stream?${new URLSearchParams({ file: this.file, after: this.total })}`);
    this.source = source;
    source.onmessage = (event) => {
      const page = JSON.parse(event.data);
      const joins = this.last === page.first - 1 || !this.list.children.length;
      this.told(page);
      if (!joins) return; // another part of the log is shown
      this.list.append(...this.items(page));
      if (this.following.checked) {
        this.trim();
        this.list.scrollTop = this.list.scrollHeight;
      }
    };
    source.onopen = () => connected(true);
    source.onerror = () => connected(false);
    source.addEventListener("end", () => { source.close(); this.source = null; });
    addEventListener("pagehide", () => source.close());
  }
}
