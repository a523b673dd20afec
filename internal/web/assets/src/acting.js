// Counts down what is left of an acting session; when nothing is, the server says what now.
import { all, one } from "./dom.js";

const two = (number) => String(number).padStart(2, "0");

const tick = () => {
  for (const place of all("[data-until]")) {
    const left = Math.floor(Number(place.dataset.until) - Date.now() / 1000);
    if (left >= 0) {
      place.textContent = `${Math.floor(left / 60)}:${two(left % 60)}`;
    } else if (left > -5 && !place.dataset.over) { // once: a clock that is wrong must not reload for ever
      place.dataset.over = "true";
      location.reload();
    }
  }
};

setInterval(tick, 1000);
tick();

// What a page asks for by itself is answered for whoever one is by then: if that is
// somebody else than the page was drawn for, the server says what happened.
document.addEventListener("htmx:before:response", (event) => {
  const { request, response } = event.detail.ctx;
  const by = response.headers.get("X-Plaza-Acting") ?? "";
  if (!request.headers["X-Plaza-Background"] || response.status !== 409 && (!response.raw.ok || by === (one(".acting")?.dataset.via ?? ""))) return;
  event.preventDefault();
  location.reload();
});
