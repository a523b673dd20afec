// The frame: theme, side menu, copying, printing, opening dialogs.
import { all, on, one, remember, toast } from "./dom.js";

const root = document.documentElement;

// ---- theme

const showTheme = () =>
  all("[data-theme-set]").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === (root.dataset.theme || "auto"))));

on("click", "[data-theme-set]", (event, button) => {
  event.preventDefault();
  const theme = button.dataset.themeSet;
  root.dataset.theme = theme;
  root.dataset.bsTheme = theme === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : theme;
  remember("theme", theme);
  showTheme();
  button.closest("[popover]")?.hidePopover();
});

// ---- side menu: folds to icons where it is wide, is a drawer where it is not

const showFold = () =>
  one("[data-menu-fold]")?.setAttribute("aria-pressed", String(root.dataset.menu === "folded"));

on("click", "[data-menu-fold]", () => {
  root.dataset.menu = root.dataset.menu === "folded" ? "open" : "folded";
  remember("menu", root.dataset.menu);
  showFold();
});

const drawer = (open) => {
  const menu = one("#menu");
  if (!menu) return;
  menu.classList.toggle("sidemenu-open", open);
  menu.classList.toggle("sidemenu-shut", !open);
  const button = one(".menu-button");
  button?.setAttribute("aria-expanded", String(open));
  if (open) (one(".sidemenu-close", menu) ?? one("a", menu))?.focus();
  else if (menu.contains(document.activeElement)) button?.focus();
};

on("click", ".menu-button", (event) => {
  event.preventDefault();
  drawer(!one("#menu")?.classList.contains("sidemenu-open"));
});
on("click", ".sidemenu-close", (event) => {
  event.preventDefault();
  drawer(false);
});
document.addEventListener("click", (event) => {
  const menu = one("#menu.sidemenu-open");
  if (menu && !menu.contains(event.target) && !event.target.closest(".menu-button")) drawer(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && one("#menu.sidemenu-open")) drawer(false);
});

// ---- copying

on("click", "[data-copy]", async (_, button) => {
  const from = button.dataset.copy.startsWith("#") && one(button.dataset.copy);
  const text = from ? (from.value ?? from.textContent).trim() : button.dataset.copy;
  const words = one("#toasts")?.dataset ?? {};
  try {
    await navigator.clipboard.writeText(text);
    toast(words.copied);
  } catch {
    if (from) getSelection()?.selectAllChildren(from);
    toast(words.copyFailed);
  }
});

// ---- printing, dialogs

on("click", "[data-print]", () => print());
on("click", "[data-open]", (_, button) => document.getElementById(button.dataset.open)?.showModal());
on("click", "dialog", (event, dialog) => {
  if (event.target === dialog && !dialog.matches(".sheet")) dialog.close(); // the ground around it
});

document.addEventListener("htmx:after:swap", showTheme);
showTheme();
showFold();
