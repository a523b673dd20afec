// The few words of DOM that the other modules speak.

/** The first element that matches, or null. */
export const one = (selector, within = document) => within.querySelector(selector);

/** All elements that match. */
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Calls handle(event, element) for events on whatever matches, now or later. */
export const on = (type, selector, handle) =>
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element && event.target.closest(selector);
    if (element) handle(event, element);
  });

/** Whether a key pressed now is meant for a field. */
export const typing = (event) =>
  event.target instanceof Element && event.target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

/** Keeps a choice of looks for a year, where the server can read it. */
export const remember = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};

/** Says something in passing, in the words that #toasts carries. */
export const toast = (words) => {
  const toasts = one("#toasts");
  if (!toasts || !words) return;
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = words;
  toasts.append(note);
  setTimeout(() => note.remove(), 4000);
};
