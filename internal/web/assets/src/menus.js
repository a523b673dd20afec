// Menus are popovers: the browser opens and closes them. Here: arrow keys, and a
// place beside the button where the browser cannot find it by itself.
import { all, on } from "./dom.js";

const anchors = CSS.supports("position-area", "block-end span-inline-start");
const entries = (menu) => all("a.menu-item, button.menu-item:enabled", menu);
const opener = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

const place = (menu) => {
  const at = opener(menu)?.getBoundingClientRect();
  if (!at) return;
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height < innerHeight || at.top < height;
  const left = menu.closest(".chips") ? at.left : at.right - width;
  menu.style.top = `${below ? at.bottom : at.top - height - 8}px`;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
};

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof Element) || !menu.matches(".menu[popover]")) return;
  if (event.newState === "open") {
    if (!anchors) place(menu);
    if (opener(menu)?.matches(":focus-visible")) entries(menu)[0]?.focus();
  }
}, true);

const step = { ArrowDown: 1, ArrowUp: -1 };

on("keydown", ".menu[popover]", (event, menu) => {
  const list = entries(menu);
  const at = list.indexOf(document.activeElement);
  if (step[event.key]) list.at((at + step[event.key] + list.length) % list.length)?.focus();
  else if (event.key === "Home") list[0]?.focus();
  else if (event.key === "End") list.at(-1)?.focus();
  else return;
  event.preventDefault();
});

on("keydown", "[popovertarget]", (event, button) => {
  if (event.key !== "ArrowDown") return;
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  if (!menu?.matches(".menu")) return;
  event.preventDefault();
  menu.showPopover({ source: button });
  entries(menu)[0]?.focus();
});

on("click", ".menu[popover] a.menu-item", (_, item) => item.closest("[popover]").hidePopover());
