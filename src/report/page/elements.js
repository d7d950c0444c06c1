// The parts that the page is made of: elements, numbers, colours, the tooltip, tables.
"use strict";

const NONE = "\u2013"; // where there is no number
const isNumber = (value) => typeof value === "number"; // report.json has null where there is none
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}
const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** With so many places and a typographic minus; what rounds to zero has no sign. */
function fixed(value, places, sign = "") {
  if (!isNumber(value)) return NONE;
  const digits = Math.abs(value).toFixed(places);
  return (Number(digits) === 0 ? "" : value < 0 ? "\u2212" : sign) + digits;
}

function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const two = (count) => String(count).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

// ---- Colours, by CSS variables: light and dark have their own

/** The i-th of n ordered values: lightness grows steadily, so that the order survives colour blindness and grey. */
function ordered(i, n) {
  const at = n < 2 ? 0 : (4 * i) / (n - 1);
  const stop = Math.min(Math.floor(at), 3);
  return `color-mix(in oklab, var(--stop${stop + 1}) ${(100 * (at - stop)).toFixed(1)}%, var(--stop${stop}))`;
}
const HEAT_LEVELS = 8;
const heat = (level) => `var(--heat${level})`;
const onHeat = (level) => (level < HEAT_LEVELS / 2 ? "var(--ink)" : "var(--paper)");

// ---- The tooltip

const tooltip = document.getElementById("tooltip");
let pointedAt = null; // the element that its text is about

/** @param about  unless the tooltip is about another element */
function hideTooltip(about = pointedAt) {
  if (about === pointedAt) tooltip.classList.remove("is-shown");
}

function showTooltip(about, text, x, y) {
  pointedAt = about;
  tooltip.textContent = text;
  tooltip.classList.add("is-shown");
  const gap = 14;
  const { width, height } = tooltip.getBoundingClientRect();
  const right = document.documentElement.clientWidth - 4;
  const left = x + gap + width <= right ? x + gap : Math.max(4, Math.min(x - gap - width, right - width));
  const top = y - gap - height >= 4 ? y - gap - height : y + gap;
  tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

// ---- Tables that sort by the column whose head is pressed

/** head: {name, unit, isText}; rows: cells, each a text or element, or [that, what it sorts by]; mark: a class of rows. */
function table(label, head, rows, mark = () => null) {
  const shown = (cell) => (Array.isArray(cell) ? cell[0] : cell);
  const kind = (column) => (head[column].isText ? null : "number");
  const lines = rows.map((cells, row) => ({
    keys: cells.map((cell) => (Array.isArray(cell) ? cell[1] : cell)),
    element: html("tr", { class: mark(row) }, cells.map((cell, column) =>
      column === 0
        ? html("th", { scope: "row", class: kind(column) }, shown(cell))
        : html("td", { class: kind(column) }, shown(cell)))),
  }));
  const body = html("tbody", {}, lines.map((line) => line.element));
  const heads = head.map(({ name, unit }, column) =>
    html("th", { scope: "col", class: kind(column) },
      html("button", { type: "button", click: () => sort(column) }, name, unit ? html("small", {}, unit) : null)));
  function sort(column) {
    const sign = heads[column].getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const key = (line) => line.keys[column];
    const compare = (a, b) => (isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
    const known = lines.filter((line) => key(line) !== null && key(line) !== undefined);
    const others = lines.filter((line) => !known.includes(line));
    known.sort((a, b) => sign * compare(key(a), key(b)));
    body.append(...[...known, ...others].map((line) => line.element));
  }
  const longest = (column) => Math.max(head[column].name.length, ...lines.map(({ element }) => element.children[column].textContent.length));
  const characters = head.reduce((sum, _, column) => sum + longest(column), 0);
  return html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    html("table", { class: characters > 110 ? "wide" : null }, html("thead", {}, html("tr", {}, heads)), body));
}
