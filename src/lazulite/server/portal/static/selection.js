// Rows that can be selected, and the bar of what can be done with them.
export function selection() {
  const form = document.getElementById("bulk");
  if (!form) return;
  const all = document.getElementById("select-all");
  const boxes = () => [...document.querySelectorAll(`input[type=checkbox][form=bulk], #bulk input[name=run]`)];
  const show = () => {
    const chosen = boxes().filter((box) => box.checked);
    for (const place of form.querySelectorAll("[data-count]")) place.textContent = String(chosen.length);
    form.classList.toggle("chosen", chosen.length > 0);
    for (const button of form.querySelectorAll("button[data-least]")) {
      if (!button.hasAttribute("data-forbidden")) button.disabled = chosen.length < Number(button.dataset.least);
    }
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes().length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
  };
  all?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  document.addEventListener("change", (event) => event.target.matches?.("input[type=checkbox]") && show());
  document.addEventListener("lazulite:refreshed", show);
  show();
}
