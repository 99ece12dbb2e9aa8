// The theme: the system's, until one chooses another. A cookie holds the choice, so that the server renders it at once.
const ORDER = ["", "light", "dark"];
const WORDS = { "": "as the system", light: "light", dark: "dark" };

export function themeButton() {
  const button = document.getElementById("theme");
  if (!button) return;
  button.hidden = false;
  const root = document.documentElement;
  const describe = () => {
    const word = `Theme: ${WORDS[root.dataset.theme ?? ""]}`;
    button.title = word;
    button.querySelector(".hidden").textContent = word;
  };
  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(root.dataset.theme ?? "") + 1) % ORDER.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    document.cookie = `lazulite_theme=${next}; path=/; max-age=31536000; samesite=strict`;
    describe();
  });
  describe();
}
