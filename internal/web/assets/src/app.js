// What the pages do beyond what HTML does by itself. Everything hangs on the
// document, so that what htmx or a sheet brings in later needs no set-up.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./menus.js";
import "./frame.js";
import "./sheet.js";
import "./rows.js";
import "./forms.js";
import "./palette.js";
import "./keys.js";
import "./acting.js";
import "./monitor.js";
import "./focus.js";

window.htmx = htmx;
