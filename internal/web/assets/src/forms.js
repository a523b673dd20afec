// Forms: typing a name before what cannot be undone, sending on change, sending once.
import { all, on } from "./dom.js";

const arm = (input) => {
  const same = input.value.trim() === input.dataset.confirm.trim();
  all(".btn-danger", input.form ?? document.createElement("i")).forEach((button) => { button.disabled = !same; });
};
const armAll = () => all("input[data-confirm]").forEach(arm);

on("input", "input[data-confirm]", (_, input) => arm(input));
on("change", "[data-submit]", (_, field) => field.form?.requestSubmit());

on("submit", "form[method=post]", (event, form) => {
  if (event.defaultPrevented || form.closest("#sheet")) return;
  if (form.hasAttribute("data-download")) return; // the page stays, and may be asked again
  if (form.hasAttribute("data-sent")) return event.preventDefault(); // a second click while the first is under way
  form.setAttribute("data-sent", "");
  event.submitter?.setAttribute("aria-busy", "true");
});
const unsend = () => all("[data-sent]").forEach((form) => {
  form.removeAttribute("data-sent");
  all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
});
addEventListener("pageshow", unsend);
document.addEventListener("htmx:finally:request", unsend);

// A sheet, or htmx, brings in forms later.
new MutationObserver(armAll).observe(document, { childList: true, subtree: true });
armAll();
