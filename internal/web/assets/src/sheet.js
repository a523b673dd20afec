// A link with data-sheet shows the form of the page it leads to in a sheet at
// the side. Whatever goes wrong, the link is followed as if there were no script.
import htmx from "htmx.org/dist/htmx.esm.js";
import { arrive } from "./focus.js";
import { on, one, toast } from "./dom.js";

const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const ask = (url, options = {}) =>
  fetch(url, { ...options, credentials: "same-origin", headers: { "X-Plaza-Sheet": "true", ...options.headers } });
const isPage = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("text/html");

let address = ""; // of the page in the sheet; forms without an action go there
let opener = null;
let typed = false;

const head = (sheet, words) => {
  const bar = document.createElement("div");
  bar.className = "sheet-head";
  const title = document.createElement("h2");
  title.id = "sheet-title";
  title.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-icon";
  close.setAttribute("aria-label", sheet.dataset.close ?? "");
  close.setAttribute("data-sheet-close", "");
  const cross = one(".sidemenu-close svg")?.cloneNode(true);
  if (cross) close.append(cross);
  else close.textContent = "×";
  bar.append(title, close);
  return bar;
};

/** Fills the sheet from a page. Says whether the page had anything for it. */
const fill = (sheet, page) => {
  const part = one("[data-sheet-part]", page) ?? one("main", page);
  if (!part || !one("form", part)) return false;
  const h1 = one("h1", page);
  const body = document.createElement("div");
  body.className = "sheet-body";
  body.append(...document.importNode(part, true).childNodes);
  one("h1", body)?.remove();
  one(".crumbs", body)?.remove();
  const top = one(".page-head", body);
  if (top && !top.textContent.trim()) top.remove();
  sheet.replaceChildren(head(sheet, h1?.textContent.trim() ?? ""), body);
  htmx.process(body);
  typed = false;
  return true;
};

const focusIn = (sheet) =>
  (one("[autofocus]", sheet) ?? one(".sheet-body :is(input:not([type=hidden]), select, textarea):enabled", sheet))?.focus();

/** Draws a whole page that a sheet's form led to, as if it had been followed. */
const draw = (text, url) => {
  const page = parse(text);
  const root = document.documentElement;
  for (const name of ["lang", "data-theme"]) {
    const value = page.documentElement.getAttribute(name);
    if (value !== null) root.setAttribute(name, value);
  }
  document.title = page.title;
  history.replaceState({ htmx: true }, ""); // so that Back knows to ask for that page again
  history.pushState({ htmx: true }, "", url);
  document.body.replaceWith(document.importNode(page.body, true));
  htmx.process(document.body);
  scrollTo(0, 0);
  arrive(document.body);
};

const close = (sheet) => {
  sheet.close();
  sheet.replaceChildren();
};

on("click", "a[data-sheet]", async (event, link) => {
  const sheet = one("dialog#sheet");
  if (!sheet || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const menu = link.closest("[popover]");
  opener = menu ? one(`[popovertarget="${CSS.escape(menu.id)}"]`) : link;
  try {
    const answer = await ask(link.href);
    if (!answer.ok || !isPage(answer) || !fill(sheet, parse(await answer.text()))) throw new Error("no form there");
    address = answer.url;
    if (!sheet.open) sheet.showModal();
    focusIn(sheet);
  } catch {
    location.assign(link.href);
  }
});

on("submit", "#sheet form", async (event, form) => {
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  const sheet = one("#sheet");
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  const url = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? address, address);
  const data = new FormData(form, button);
  const plain = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  try {
    let answer;
    if (form.method === "get") {
      url.search = new URLSearchParams(data);
      answer = await ask(url);
    } else {
      answer = await ask(url, { method: "POST", body: plain });
    }
    if (!isPage(answer)) return void location.assign(answer.url);
    const text = await answer.text();
    const stays = !answer.ok || (!answer.redirected && form.method !== "get");
    if (stays && fill(sheet, parse(text))) return focusIn(sheet);
    draw(text, answer.url);
  } catch {
    toast(one("#toasts")?.dataset.failed);
  } finally {
    button?.removeAttribute("aria-busy");
  }
});

on("input", "#sheet form", () => { typed = true; });

on("click", "[data-sheet-close]", (event, element) => {
  const sheet = element.closest("#sheet");
  if (!sheet) return;
  event.preventDefault();
  close(sheet);
});

document.addEventListener("click", (event) => {
  if (event.target.matches?.("#sheet") && !typed) close(event.target); // the ground beside it; what was typed is kept
});

document.addEventListener("close", (event) => {
  if (event.target.id === "sheet" && opener?.isConnected) opener.focus();
}, true);
