// Filters that were given a name, kept in this browser, one list per workspace; and addresses without empty fields.
const place = document.getElementById("saved");
const form = document.getElementById("filters");
const key = place && `lazulite:filters:${place.dataset.workspace}`;

form?.addEventListener("submit", () => {
  for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
});
// Coming back by the browser's "back" finds the fields usable.
window.addEventListener("pageshow", () => {
  for (const field of form?.elements ?? []) field.disabled = false;
});

function saved() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

function keep(list) {
  localStorage.setItem(key, JSON.stringify(list));
  show();
}

function show() {
  place.replaceChildren();
  for (const { name, query } of saved()) {
    const item = document.createElement("span");
    item.className = "chip";
    const link = Object.assign(document.createElement("a"), { href: query || location.pathname, textContent: name });
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "plain" });
    remove.setAttribute("aria-label", `Forget the filter ${name}`);
    remove.addEventListener("click", () => keep(saved().filter((one) => one.name !== name)));
    item.append(link, remove);
    place.append(item);
  }
  const query = new URLSearchParams(location.search);
  query.delete("next");
  if ([...query].length) {
    const field = Object.assign(document.createElement("input"), { placeholder: "Name of this filter", maxLength: 40 });
    field.setAttribute("aria-label", "Name of this filter");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Save filter" });
    const save = () => {
      const name = field.value.trim();
      if (name) keep([...saved().filter((one) => one.name !== name), { name, query: `?${query}` }]);
      else field.focus();
    };
    button.addEventListener("click", save);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      save();
    });
    place.append(field, button);
  }
  place.hidden = place.childElementCount === 0;
}

if (place) show();
