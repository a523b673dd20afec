// The palette: one field, and every place one can go to.
import { all, on, one } from "./dom.js";

const shown = (palette) => all("li:not([hidden]) .palette-item", palette);

const mark = (palette, item) => {
  all(".palette-here", palette).forEach((other) => other.classList.remove("palette-here"));
  item?.classList.add("palette-here");
  item?.scrollIntoView({ block: "nearest" });
};

const filter = (palette) => {
  const words = one("[data-palette-filter]", palette).value.trim();
  const sought = words.toLowerCase().split(/\s+/);
  for (const line of all(".palette-list li:not([data-palette-search])", palette)) {
    const text = line.textContent.toLowerCase();
    line.hidden = !sought.every((word) => text.includes(word));
  }
  for (const line of all("[data-palette-search]", palette)) {
    line.hidden = words === "";
    const link = one("a", line);
    link.href = link.dataset.href + encodeURIComponent(words);
    all("[data-palette-words]", line).forEach((place) => { place.textContent = words; });
  }
  const found = shown(palette);
  const none = one(".palette-none", palette);
  if (none) none.hidden = found.length > 0;
  mark(palette, found[0]);
};

/** Opens the palette, or closes it. */
export const palette = () => {
  const dialog = one("dialog#palette");
  if (!dialog) return;
  if (dialog.open) return dialog.close();
  dialog.showModal();
  const field = one("[data-palette-filter]", dialog);
  field.value = "";
  filter(dialog);
  field.focus();
};

on("input", "[data-palette-filter]", (event, field) => filter(field.closest("dialog")));

on("keydown", "#palette", (event, dialog) => {
  const found = shown(dialog);
  const at = found.findIndex((item) => item.classList.contains("palette-here"));
  if (event.key === "ArrowDown") mark(dialog, found[Math.min(at + 1, found.length - 1)]);
  else if (event.key === "ArrowUp") mark(dialog, found[Math.max(at - 1, 0)]);
  else if (event.key === "Enter" && event.target.matches("[data-palette-filter]")) found[at]?.click();
  else return;
  event.preventDefault();
});

on("click", "#palette .palette-item", (_, item) => item.closest("dialog").close());
