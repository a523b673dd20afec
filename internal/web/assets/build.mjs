// Builds dist/ from src/ and the packages in package.json: the files that a
// browser gets, each with the hash of its content in its name and compressed
// beforehand, and manifest.json, which tells the names.
//
// Tabler is cut down to the classes that the templates, the Go code and the
// scripts name, and stands in a layer beneath our own style sheet.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as esbuild from "esbuild";
import { transform } from "lightningcss";
import { PurgeCSS } from "purgecss";

const here = path.dirname(fileURLToPath(import.meta.url));
const src = path.join(here, "src");
const dist = path.join(here, "dist");
const web = path.dirname(here);
const modules = path.join(here, "..", "..", "..", "node_modules");
const resolve = createRequire(import.meta.url).resolve;

// The class names that are ours alone: what Tabler says about them would only be in the way.
const ours = [
  "status", "steps", "timeline", "empty", "chart", "icon", "card", "page-header", "search", "btn-icon",
  "chip", "datagrid", "navbar", "nav", "dropdown", "offcanvas", "modal", "page", "step-item",
].map((name) => new RegExp(`^\\.?${name}(-.*)?$`));

const filesBelow = async (dir, wanted) => {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(dist + path.sep));
};

const tabler = async () => {
  const content = [
    ...await filesBelow(web, (name) => /\.(templ|go)$/.test(name) && !/_(templ|test)\.go$/.test(name)),
    ...await filesBelow(src, (name) => name.endsWith(".js")),
    path.join(here, "README.md"), // what it offers is there
  ];
  const [purged] = await new PurgeCSS().purge({
    content,
    css: [resolve("@tabler/core/dist/css/tabler.css")],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: { greedy: [/data-bs-theme/] },
    blocklist: ours,
    keyframes: true,
    variables: true,
  });
  return purged.css.replace(/@charset [^;]+;/, "");
};

// The reference of the API stands alone: it has none of the dashboard's style.
const plain = async (name) => transform({
  filename: name,
  code: await readFile(path.join(src, name)),
  minify: true,
  targets: { chrome: 120 << 16, firefox: 120 << 16, safari: (17 << 16) | (2 << 8) },
}).code;

const style = async () => {
  const own = await readFile(path.join(src, "app.css"), "utf8");
  const { code, warnings } = transform({
    filename: "app.css",
    code: Buffer.from(`@layer tabler {\n${await tabler()}\n}\n${own}`),
    minify: true,
    targets: { chrome: 120 << 16, firefox: 120 << 16, safari: (17 << 16) | (2 << 8) },
    errorRecovery: true, // Tabler's style sheet has a few oddities
  });
  const mine = warnings.filter((warning) => warning.message && process.env.PLAZA_CSS_WARNINGS);
  mine.forEach((warning) => console.warn(warning.message, warning.loc));
  return code;
};

const script = async (name) => {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(src, name)],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome120", "firefox120", "safari17.2"],
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].contents;
};

const brand = '<symbol id="plaza" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f56d9" stroke="none"/>'
  + '<path d="M9 23V9h8.2a4.9 4.9 0 0 1 0 9.8H9" fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"/>'
  + '<circle cx="23.5" cy="22.5" r="2" fill="#fff" stroke="none"/></symbol>';

const sprite = async () => {
  const names = (await readFile(path.join(src, "icons.txt"), "utf8")).split("\n").map((line) => line.trim()).filter(Boolean);
  const symbols = await Promise.all(names.map(async (name) => {
    let file;
    try {
      file = resolve(`@tabler/icons/outline/${name}.svg`);
    } catch {
      throw new Error(`src/icons.txt: Tabler has no outline icon "${name}"`);
    }
    const svg = await readFile(file, "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${brand}${symbols.join("")}</svg>\n`;
};

const squeeze = async (file, body) => {
  const br = await promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
  const gz = await promisify(gzip)(body, { level: 9 });
  await Promise.all([writeFile(file, body), writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  return br.length;
};

const files = {
  "app.css": style(),
  "app.js": script("app.js"),
  "theme.js": script("theme.js"),
  "reference.css": plain("reference.css"),
  "reference.js": script("reference.js"),
  "scalar.js": readFile(path.join(modules, "@scalar/api-reference/dist/browser/standalone.js")), // a bundle already
  "icons.svg": sprite(),
  "favicon.svg": readFile(path.join(src, "favicon.svg")),
  "favicon-acting.svg": readFile(path.join(src, "favicon-acting.svg")),
};
const bodies = await Promise.all(Object.entries(files).map(async ([name, made]) => [name, Buffer.from(await made)]));

await mkdir(path.join(dist, "test"), { recursive: true });

const manifest = {};
for (const [name, body] of bodies) {
  const { name: stem, ext } = path.parse(name);
  manifest[name] = `${stem}.${createHash("sha256").update(body).digest("hex").slice(0, 12)}${ext}`;
  const squeezed = await squeeze(path.join(dist, manifest[name]), body);
  console.log(`${manifest[name].padEnd(36)} ${String(body.length).padStart(7)} bytes, ${String(squeezed).padStart(6)} compressed`);
}
await copyFile(resolve("axe-core/axe.min.js"), path.join(dist, "test", "axe.min.js")); // for browser tests; not in the binary
await writeFile(path.join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`); // late: make goes by it

const stays = new Set(["test", "manifest.json", ...Object.values(manifest).flatMap((name) => [name, `${name}.br`, `${name}.gz`])]);
for (const name of await readdir(dist)) {
  if (!stays.has(name)) await rm(path.join(dist, name), { recursive: true });
}
