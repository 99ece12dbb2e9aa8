// Times in the reader's zone, and "3 min ago" that stays true.
const SPANS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const ABSOLUTE = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  timeZoneName: "short",
});

export function times(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    const text = ABSOLUTE.format(at);
    if (element.title) element.title = text;
    const absolute = element.querySelector("[data-at]");
    if (absolute) absolute.textContent = text;
    tell(element, at);
  }
  for (const zone of root.querySelectorAll("[data-zone]")) {
    zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }
}

export function ago(at) {
  const seconds = (Date.now() - at.getTime()) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  const [size, unit] = SPANS.find(([span]) => Math.abs(seconds) >= span);
  const count = Math.floor(Math.abs(seconds) / size);
  return seconds > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}

function tell(element, at) {
  const relative = element.querySelector("[data-ago]");
  if (relative) {
    const text = ago(at);
    if (relative.textContent !== text) relative.textContent = text;
  }
}

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[datetime]")) tell(element, new Date(element.dateTime));
}, 5000);
