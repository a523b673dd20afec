// After a swap, focus goes where the eye goes.
import { one } from "./dom.js";

/** Puts the focus where somebody who has just come here starts to read. */
export const arrive = (within) => {
  const target = one("main [autofocus]", within) ?? one("[autofocus]", within) ?? one("h1", within);
  if (!target) return;
  if (target.matches("h1")) target.tabIndex = -1;
  target.focus({ preventScroll: target.matches("h1") });
};

document.addEventListener("htmx:after:swap", (event) => {
  const swapped = event.detail?.ctx?.target ?? event.target;
  const place = swapped instanceof Element && swapped.isConnected ? swapped : one("#main");
  if (!place || place.closest("[data-keep-focus]")) return;
  if (one("[autofocus]", place)) arrive(place);
  else if (place.matches("body, #main")) arrive(place);
});
