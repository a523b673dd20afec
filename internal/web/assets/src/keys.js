// Keys for the whole page. A link says its own: data-key="g p".
import { all, one, typing } from "./dom.js";
import { palette } from "./palette.js";
import { choose, walk } from "./rows.js";

const fixed = {
  "/": () => one("main [data-search], .topbar [data-search]")?.focus(),
  "?": () => one("dialog#help")?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  x: choose,
};

let first = ""; // the first of two keys, for a second and a half
let forget = 0;

const follow = (keys) => {
  const target = all("[data-key]").find((element) => element.dataset.key === keys);
  target?.click();
  return Boolean(target);
};
const begins = (key) => all("[data-key]").some((element) => element.dataset.key.startsWith(key + " "));

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return palette();
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event) || one("dialog[open]")) return;

  const keys = first ? `${first} ${event.key}` : event.key;
  first = "";
  clearTimeout(forget);
  if (follow(keys)) return event.preventDefault();
  if (begins(event.key)) {
    first = event.key;
    forget = setTimeout(() => { first = ""; }, 1500);
  } else if (fixed[event.key]) {
    event.preventDefault();
    fixed[event.key]();
  }
});

// The key as this machine's keyboard has it.
if (/Mac|iPhone|iPad/.test(navigator.platform)) document.documentElement.classList.add("mac");
