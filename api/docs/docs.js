// Draws /openapi.json as a page. All text goes in as text, never as markup.

const SHAPE = "#/components/schemas/";

function el(tag, attributes = {}, ...inside) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...inside.filter((x) => x !== undefined && x !== ""));
  return e;
}

// type says what a schema is, with links to the shapes it is made of.
function type(s) {
  if (!s) return ["nothing"];
  if (s.$ref) {
    const name = s.$ref.slice(SHAPE.length);
    return [el("a", { href: `#shape-${name}` }, name)];
  }
  if (s.oneOf) return s.oneOf.flatMap((o, i) => (i ? [" or ", ...type(o)] : type(o)));
  if (s.enum) return [el("code", {}, s.enum.map((v) => JSON.stringify(v)).join(" | "))];
  const kinds = [s.type].flat().filter(Boolean);
  if (kinds.includes("array")) return ["list of ", ...type(s.items)];
  const format = s.format && !["int64", "double"].includes(s.format) ? ` (${s.format})` : "";
  return [kinds.join(" or ") + format];
}

function about(s) {
  const limits = ["pattern", "minimum", "maximum", "maxLength", "default"]
    .filter((k) => s[k] !== undefined && !(k === "minimum" && s[k] === 0))
    .map((k) => `${k} ${s[k]}`);
  return [s.description, limits.join(", ")].filter(Boolean).join(". ");
}

function fields(s) {
  const body = el("tbody");
  for (const [name, p] of Object.entries(s.properties ?? {})) {
    const must = s.required?.includes(name) ? "" : "optional";
    body.append(el("tr", {}, el("td", {}, el("code", {}, name)), el("td", {}, ...type(p)), el("td", { class: "words" }, [must, about(p)].filter(Boolean).join(". "))));
  }
  return el("div", { class: "table" }, el("table", {}, body));
}

function parameters(list) {
  const body = el("tbody");
  for (const p of list) {
    body.append(el("tr", {}, el("td", {}, el("code", {}, p.name)), el("td", {}, p.in), el("td", {}, ...type(p.schema)), el("td", { class: "words" }, p.description ?? about(p.schema ?? {}))));
  }
  return el("div", { class: "table" }, el("table", {}, body));
}

function contents(content) {
  return Object.entries(content ?? {}).flatMap(([media, m]) => [el("p", {}, el("code", {}, media), " ", ...type(m.schema))]);
}

function operation(verb, path, op) {
  const inside = el("div", { class: "inside" });
  if (op.description) inside.append(el("p", {}, op.description));
  inside.append(el("p", { class: "words" }, op.security?.length === 0 ? "Open to all." : "For those who are signed in."));
  if (op.parameters?.length) inside.append(el("h3", {}, "Parameters"), parameters(op.parameters));
  if (op.requestBody) inside.append(el("h3", {}, "Body"), ...contents(op.requestBody.content));
  for (const [status, r] of Object.entries(op.responses ?? {})) {
    inside.append(el("h3", {}, `${status} ${r.description ?? ""}`), ...contents(r.content));
  }
  const d = el(
    "details",
    { id: op.operationId },
    el("summary", {}, el("span", { class: `verb ${verb}` }, verb.toUpperCase()), el("span", { class: "path" }, path), el("span", { class: "words" }, op.summary ?? "")),
    inside,
  );
  d.dataset.text = `${verb} ${path} ${op.summary} ${op.description ?? ""}`.toLowerCase();
  return d;
}

function draw(doc) {
  document.getElementById("about").textContent = doc.info.description;
  const byTag = new Map();
  for (const [path, verbs] of Object.entries(doc.paths)) {
    for (const [verb, op] of Object.entries(verbs)) {
      const tag = op.tags?.[0] ?? "Others";
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(operation(verb, path, op));
    }
  }
  const nav = document.getElementById("nav");
  for (const [tag, operations] of byTag) {
    const id = `tag-${tag.toLowerCase().replaceAll(" ", "-")}`;
    nav.append(el("a", { href: `#${id}` }, tag));
    document.getElementById("operations").append(el("section", {}, el("h2", { id }, tag), ...operations));
  }
  nav.append(el("a", { href: "#shapes" }, "Shapes"));
  for (const [name, s] of Object.entries(doc.components.schemas).sort(([a], [b]) => a.localeCompare(b))) {
    document.getElementById("schemas").append(el("details", { id: `shape-${name}` }, el("summary", {}, el("code", {}, name)), el("div", { class: "inside" }, s.description ?? "", fields(s))));
  }
}

// A link to a part opens it.
function open() {
  const part = document.getElementById(location.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
  part?.scrollIntoView();
}

document.getElementById("find").addEventListener("input", (e) => {
  const wanted = e.target.value.trim().toLowerCase();
  for (const d of document.querySelectorAll("#operations details")) d.hidden = !d.dataset.text.includes(wanted);
  for (const s of document.querySelectorAll("#operations section")) s.hidden = !s.querySelector("details:not([hidden])");
});

try {
  const answer = await fetch("/openapi.json");
  draw(await answer.json());
  addEventListener("hashchange", open);
  open();
} catch (error) {
  document.getElementById("about").textContent = `The description could not be read: ${error}`;
}
