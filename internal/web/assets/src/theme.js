// Runs before the first paint, undeferred and tiny: settles the theme "auto",
// which only the browser knows, and tells the style sheet that scripts run.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const settle = () => {
  if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
};
root.classList.add("js");
settle();
dark.addEventListener("change", settle);
