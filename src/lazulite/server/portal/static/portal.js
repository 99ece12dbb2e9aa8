// What every page does in a browser with JavaScript. Without it everything can still be read, and every form works.
import { confirmForms } from "./confirming.js";
import { copyButtons } from "./copying.js";
import { keyboard } from "./keyboard.js";
import { live } from "./live.js";
import { selection } from "./selection.js";
import { themeButton } from "./theme.js";
import { times } from "./times.js";

themeButton();
times(document);
copyButtons(document);
confirmForms();
keyboard();
selection();
live();

// Where the navigation is a strip that scrolls, the present page is in sight.
document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A menu closes when one clicks elsewhere, or presses Escape.
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null));

function closeMenus(inside) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!inside || !menu.contains(inside)) menu.open = false;
  }
}
