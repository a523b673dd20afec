// Lists: choosing rows, the bar at the bottom, walking by j and k.
import { all, on, one } from "./dom.js";

const boxes = (list) => all("tbody .cell-check input[type=checkbox]:enabled", list);

const count = (list) => {
  const every = boxes(list);
  const chosen = every.filter((box) => box.checked).length;
  const bar = one("[data-bulk]", list);
  bar?.classList.toggle("bulk-open", chosen > 0);
  const number = one("[data-bulk-count]", list);
  if (number) number.textContent = String(chosen);
  const whole = one("[data-check-all]", list);
  if (whole) {
    whole.checked = chosen > 0 && chosen === every.length;
    whole.indeterminate = chosen > 0 && chosen < every.length;
  }
};

let last = null; // the box chosen last, for Shift

on("click", "[data-rows] .cell-check input", (event, box) => {
  const list = box.closest("[data-rows]");
  const every = boxes(list);
  if (box.matches("[data-check-all]")) every.forEach((other) => { other.checked = box.checked; });
  else if (event.shiftKey && last && every.includes(last)) {
    const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
    every.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  last = box;
  count(list);
});
on("click", "[data-rows] .cell-check", (event, cell) => { // the whole cell is the target
  if (event.target === cell) one("input", cell)?.click();
});
on("reset", "[data-rows]", (_, list) => setTimeout(() => count(list)));

const countAll = () => all("[data-rows]").forEach(count);
document.addEventListener("htmx:after:swap", countAll);
addEventListener("pageshow", countAll); // Back restores what was chosen
countAll();

/** Walks to the next or previous row. */
export const walk = (by) => {
  const rows = all("main [data-row]");
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const to = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))];
  one("a, button, input", one(".row-link", to) ? one("td:has(> .row-link)", to) : to)?.focus();
};

/** Chooses the row that has the focus, or lets it go. */
export const choose = () =>
  one(".cell-check input", document.activeElement?.closest("[data-row]") ?? document.createElement("i"))?.click();
