// Draws the reference of the API with Scalar, and has it ask nobody but this server:
// whatever it could fetch, send or advertise elsewhere is switched off.
const root = document.documentElement;
const page = document.getElementById("reference");
const dark = () => root.dataset.bsTheme === "dark";

// Whoever switches profiles in another window tries nothing in the new one by mistake. A
// token that nobody typed is left out: the session counts then.
const signed = ({ request }) => {
  request.headers.set("Plaza-Context", page.dataset.context);
  if (/^bearer\s*$/i.test(request.headers.get("Authorization") ?? "")) request.headers.delete("Authorization");
};

// What is said of the API, as it is from here: whoever is signed in needs no token, and no
// script can read or write the cookie of a session.
const described = async () => {
  const doc = await (await fetch(page.dataset.url)).json();
  delete doc.components.securitySchemes.session;
  doc.security = [{}, { token: [] }];
  doc.info.description = page.dataset.lead;
  return doc;
};

const settings = (content) => ({
  content,
  servers: [{ url: location.origin }],
  theme: "none",
  forceDarkModeState: dark() ? "dark" : "light",
  hideDarkModeToggle: true,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  telemetry: false,
  persistAuth: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  documentDownloadType: "json",
  operationTitleSource: "summary",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  onBeforeRequest: signed,
});

described().then((content) => {
  const reference = window.Scalar.createApiReference(page, settings(content));
  new MutationObserver(() => reference.updateConfiguration(settings(content))).observe(root, { attributeFilter: ["data-bs-theme"] });
});
