// Figures and charts of any data: lines and points, maps, bars along a time.

const redraws = []; // of all figures, for a window of another size

// ---- A picture that tells its values to pointer and keys, its legend, its table

/** Which of the hits is nearest to a place, and less than `reach` away; -1: none. */
function nearestHit(hits, x, y, reach) {
  let nearest = -1;
  hits.forEach(({ left, top, right, bottom }, hit) => {
    const distance = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    if (distance < reach) [nearest, reach] = [hit, distance];
  });
  return nearest;
}

/** An element that `draw` fills (see figure), and a function that draws it anew. */
function readablePicture(label, draw) {
  const picture = svg("svg", {
    class: "plot", role: "img", tabindex: 0, "aria-label": label,
    // What a finger has shown stays until it touches something else.
    pointermove: point, pointerdown: point, pointerleave: (event) => event.pointerType !== "touch" && leave(), blur: leave, keydown: step,
  });
  let width = 0;
  let hits = [];
  let current = -1;

  function leave() {
    picture.querySelector(".current")?.remove();
    current = -1;
    hideTooltip(picture);
  }
  function redraw() {
    leave();
    width = clamp(Math.floor(picture.parentNode.clientWidth), 300, 960);
    const drawn = draw(width);
    hits = drawn.hits;
    picture.setAttribute("viewBox", `0 0 ${width} ${drawn.height}`);
    picture.replaceChildren(...drawn.elements);
  }
  function say(hit, x, y) {
    if (hit !== current) {
      leave();
      current = hit;
      const { left, top, right, bottom } = hits[hit];
      picture.append(svg("rect", { class: "current", x: left - 4, y: top - 4, width: right - left + 8, height: bottom - top + 8, rx: 4 }));
    }
    showTooltip(picture, hits[hit].text, x, y);
  }
  function point(event) {
    const box = picture.getBoundingClientRect();
    const place = (pixels) => (pixels * width) / box.width;
    const nearest = nearestHit(hits, place(event.clientX - box.left), place(event.clientY - box.top), event.pointerType === "touch" ? 24 : 12);
    if (nearest < 0) leave();
    else say(nearest, event.clientX, event.clientY);
  }
  function step(event) {
    if (event.key === "Escape") leave();
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by || hits.length === 0) return;
    event.preventDefault();
    const hit = current < 0 ? (by > 0 ? 0 : hits.length - 1) : (current + by + hits.length) % hits.length;
    const { left, top, right, bottom } = hits[hit];
    const box = picture.getBoundingClientRect();
    const pixels = (place) => (place * box.width) / width;
    say(hit, box.left + pixels((left + right) / 2), box.top + pixels((top + bottom) / 2));
  }
  return [picture, redraw];
}

/**
 * draw(width): {height, elements, hits}, in CSS pixels; a hit is {left, top, right, bottom, text}, an area with a tooltip.
 * legend(redraw): elements; numbers(): arguments of table; controls(redraw): elements beside the title.
 */
function figure({ id, title, note, draw, legend, numbers, controls }) {
  const [picture, redraw] = readablePicture(`${title}: ${note}. The arrow keys go from value to value.`, draw);
  redraws.push(redraw);
  // Made when it is opened: most are not, and some are long.
  const details = numbers && html("details", {
    toggle: () => details.children.length === 1 && details.append(table(`${title}, as a table`, ...numbers())),
  }, html("summary", {}, "As a table"));
  return html("figure", { id },
    html("figcaption", {}, html("h3", {}, title), html("p", { class: "note" }, note), controls ? controls(redraw) : null),
    html("div", { class: "picture" }, picture),
    legend ? html("div", { class: "legend", role: "group", "aria-label": `Legend: ${title}` }, legend(redraw)) : null,
    details);
}

const toggle = (pressed, children, flip) =>
  html("button", {
    type: "button", class: "toggle", "aria-pressed": pressed,
    click: (event) => event.currentTarget.setAttribute("aria-pressed", flip()),
  }, children);

// ---- Axes

function ticks(low, high, most, isLog) {
  if (isLog) {
    const all = [];
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); ++decade) {
      all.push(...[1, 2, 5].map((factor) => factor * 10 ** decade));
    }
    const inside = all.filter((value) => value >= low && value <= high);
    if (inside.length >= 2) return inside.map((at) => ({ at, text: String(Number(at.toPrecision(1))) }));
  }
  const rough = (high - low) / Math.max(most, 1);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const size = decade * [1, 2, 5, 10].find((factor) => factor * decade >= rough * 0.999);
  const places = Math.max(0, -Math.floor(Math.log10(size) + 1e-9));
  const all = [];
  for (let i = Math.ceil(low / size - 1e-9); i * size <= high + 1e-9 * size; ++i) all.push({ at: i * size, text: fixed(i * size, places) });
  return all;
}

function scale(low, high, from, to, isLog = false) {
  const place = isLog ? Math.log10 : (value) => value;
  return (value) => from + ((place(value) - place(low)) / (place(high) - place(low))) * (to - from);
}

const CHARACTER = 7.4; // the width of one, on average
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);

/** Those of the ticks whose labels have room between `from` and `to`. */
function thinned(all, from, to) {
  const room = CHARACTER * Math.max(...all.map((tick) => tick.text.length)) + 12;
  const every = Math.max(1, Math.ceil((all.length * room) / (to - from)));
  return all.filter((tick, i) => i % every === 0);
}

/** Grid, labels and names of two axes around `area`. */
function axes(area, x, y, xTicks, yTicks, xName, yName, hasGrid = true) {
  const text = (attributes, content) => svg("text", attributes, content);
  return [
    ...yTicks.map((tick) => [
      hasGrid ? svg("line", { class: "grid", x1: area.left, x2: area.right, y1: y(tick.at), y2: y(tick.at) }) : null,
      text({ x: area.left - 8, y: y(tick.at) + 4, "text-anchor": "end" }, tick.text)]).flat(),
    ...xTicks.map((tick) => text({ x: x(tick.at), y: area.bottom + 18, "text-anchor": "middle" }, tick.text)),
    svg("line", { class: "axis", x1: area.left, x2: area.right, y1: area.bottom, y2: area.bottom }),
    text({ class: "name", x: (area.left + area.right) / 2, y: area.bottom + 38, "text-anchor": "middle" }, xName),
    text({ class: "name", transform: `translate(13 ${(area.top + area.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, yName),
  ].filter(Boolean);
}

const labelRoom = (yTicks) => 34 + CHARACTER * Math.max(1, ...yTicks.map((tick) => tick.text.length));
const empty = (width) => ({
  height: 60, hits: [],
  elements: [svg("text", { x: width / 2, y: 34, "text-anchor": "middle" }, "There is nothing to show.")],
});

// ---- Lines and points

const MARKERS = [
  (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  (r) => `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}z`,
  (r) => `M0 ${-1.4 * r}L${1.4 * r} 0L0 ${1.4 * r}L${-1.4 * r} 0z`,
  (r) => `M0 ${1.2 * r}L${1.2 * r} ${-r}H${-1.2 * r}z`,
];
const DASHES = [null, "9 4", "3 3", "10 3 3 3"];
const marker = (look, x, y, r, color) =>
  svg("path", { d: MARKERS[look % MARKERS.length](r), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, fill: color });
const line = (look, d, color) => svg("path", { d, class: "line", stroke: color, "stroke-dasharray": DASHES[look % DASHES.length] });

/** The least and the greatest of the numbers. */
const ends = (numbers) => numbers.reduce(([low, high], number) => [Math.min(low, number), Math.max(high, number)], [Infinity, -Infinity]);

/** The axes around at least one point, and the functions from values to pixels. */
function xyAxes(points, { xName, xTicks, y, isLog }, width) {
  const values = points.flatMap((each) => [each.y, each.low, each.high]);
  let [low, high] = ends(values.filter((value) => isNumber(value) && (!isLog || value > 0)));
  const [first, last] = ends(points.map((each) => each.x));
  const margin = high > low ? 0.05 * (high - low) : Math.max(0.05 * Math.abs(high), 1e-3);
  if (isLog) [low, high] = [low / 1.05, high * 1.05];
  else [low, high] = [Math.max(low - margin, y.least ?? -Infinity), Math.min(high + margin, y.most ?? Infinity)];
  const side = xTicks ? 0.6 * Math.min(...xTicks.slice(1).map((tick, i) => tick.at - xTicks[i].at), 1) : Math.max(0.3, 0.03 * (last - first));
  const height = Math.round(clamp(0.55 * width, 250, 460));
  const yTicks = ticks(low, high, height / 60, isLog);
  const area = { left: labelRoom(yTicks), right: width - 10, top: 12, bottom: height - 46 };
  const atX = scale(first - side, last + side, area.left, area.right);
  const atY = scale(low, high, area.bottom, area.top, isLog);
  const inArea = (value) => clamp(atY(isLog ? Math.max(value, low) : value), area.top - 40, area.bottom + 40);
  const tickList = xTicks ?? ticks(first, last, Math.min(last - first, width / 60), false).filter((tick) => Number.isInteger(tick.at));
  const elements = axes(area, atX, atY, thinned(tickList.length ? tickList : [{ at: first, text: String(first) }], area.left, area.right),
    yTicks, xName, y.name);
  return { height, elements, atX, atY, inArea };
}

/** What a figure shows of series: bands first, so that no line or marker lies below one. */
function drawSeries(all, axis, width) {
  const isShown = (point) => isNumber(point.y) && (!axis.isLog || point.y > 0);
  const points = all.flatMap((each) => each.points.filter(isShown));
  if (points.length === 0) return empty(width);
  const { height, elements, atX, atY, inArea } = xyAxes(points, axis, width);
  const hits = [];
  const path = (list, at) => list.map((each, i) => `${i ? "L" : "M"}${atX(each.x).toFixed(1)} ${inArea(at(each)).toFixed(1)}`).join("");
  for (const each of all.filter((one) => one.hasBand)) {
    const list = each.points.filter((one) => isShown(one) && isNumber(one.low));
    if (list.length < 2) continue;
    const back = path([...list].reverse(), (one) => one.low).replace("M", "L");
    elements.push(svg("path", { class: "band", d: `${path(list, (one) => one.high)}${back}z`, fill: each.color }));
  }
  for (const each of all) {
    const list = each.points.filter(isShown);
    if (each.hasLine) elements.push(line(each.look, path(list, (one) => one.y), each.color));
    const isDense = each.hasLine && list.length > 50;
    for (const one of list) {
      const [left, top] = [atX(one.x), atY(one.y)];
      if (each.hasBars && isNumber(one.low)) elements.push(line(0, `M${left} ${inArea(one.low)}V${inArea(one.high)}`, each.color));
      if (!isDense) elements.push(marker(each.look, left, top, each.size ?? 4, each.color));
      hits.push({ left, right: left, top, bottom: top, text: one.text });
    }
  }
  return { height, elements, hits };
}

/**
 * series(pick): [{name, look, color, hasLine, hasBand, hasBars, size, points: [{x, y, low, high, text}]}]; series of one
 * name are one line of the legend. pick: {label, options} from which the reader takes one.
 * x: {name, ticks}, else whole numbers; y: {name, places, least, most, canBeLog}.
 */
function xyChart({ id, title, note, legendTitle, x, y, pick, series }) {
  let isLog = false;
  let picked = 0;
  let all = series(0);
  const hidden = new Set();
  const named = (name) => (typeof name === "function" ? name(picked) : name);
  const draw = (width) =>
    drawSeries(all.filter((each) => !hidden.has(each.name)), { xName: named(x.name), xTicks: x.ticks?.(picked), y, isLog }, width);

  function legend(redraw) {
    const names = [...new Map(all.map((each) => [each.name, each])).values()];
    const swatch = (each) =>
      svg("svg", { viewBox: "0 0 34 14", "aria-hidden": "true" },
        each.hasLine ? line(each.look, "M0 7H34", each.color) : null, marker(each.look, 17, 7, 4, each.color));
    const flip = (name) => {
      if (!hidden.delete(name)) hidden.add(name);
      redraw();
      return !hidden.has(name);
    };
    return [legendTitle ? html("span", {}, named(legendTitle)) : null,
      ...names.map((each) => toggle(true, [swatch(each), each.name], () => flip(each.name)))];
  }

  function controls(redraw) {
    const choose = (event) => {
      picked = event.target.selectedIndex;
      all = series(picked);
      hidden.clear();
      event.target.closest("figure").querySelector(".legend").replaceChildren(...legend(redraw).filter(Boolean));
      redraw();
    };
    return html("div", { class: "controls" },
      pick && pick.options.length > 1
        ? html("label", {}, pick.label, html("select", { change: choose }, pick.options.map((name) => html("option", {}, name)))) : null,
      y.canBeLog ? toggle(false, "logarithmic", () => { isLog = !isLog; redraw(); return isLog; }) : null);
  }

  const numbers = () => [
    [{ name: named(legendTitle) || "series", isText: true }, { name: named(x.name) },
      { name: y.name }, { name: "from" }, { name: "to" }],
    all.flatMap((each) => each.points.map((one) =>
      [each.name, x.ticks ? [x.ticks(picked).find((tick) => tick.at === one.x)?.text ?? fixed(one.x, 2), one.x] : one.x,
        ...[one.y, one.low, one.high].map((value) => [fixed(value, y.places), value])]))];
  return figure({ id, title, note, draw, legend, numbers, controls });
}

// ---- Maps: a cell for each pair of a row and a column

/** cells: {row, column, value, shown, color, ink, text}; rows and columns: their names; a cell is at most so wide and 52 high. */
function heatMap({ id, title, note, rowName, columnName, rows, columns, cells, widest = 52 }) {
  function draw(width) {
    const names = (all) => all.map((text, at) => ({ at, text: shortened(text, 16) }));
    const left = labelRoom(names(rows));
    const wide = clamp((width - left - 10) / columns.length, 3, widest);
    const high = Math.min(wide, 52);
    const area = { left, right: left + wide * columns.length, top: 6, bottom: 6 + high * rows.length };
    const atX = (column) => area.left + (column + 0.5) * wide;
    const atY = (row) => area.top + (row + 0.5) * high;
    const fitting = names(rows).filter((name, i) => i % Math.ceil(15 / high) === 0);
    const elements = axes(area, atX, atY, thinned(names(columns), area.left, area.right), fitting, columnName, rowName, false);
    const hits = [];
    for (const cell of cells) {
      const [x, y] = [area.left + cell.column * wide, area.top + cell.row * high];
      elements.push(svg("rect", { x, y, width: wide - 1, height: high - 1, fill: cell.color }));
      if (CHARACTER * cell.shown.length + 4 < wide) {
        elements.push(svg("text", { x: atX(cell.column), y: atY(cell.row) + 4, "text-anchor": "middle", fill: cell.ink }, cell.shown));
      }
      hits.push({ left: x, right: x + wide, top: y, bottom: y + high, text: cell.text });
    }
    return { height: area.bottom + 46, elements, hits };
  }
  const numbers = () => [
    [{ name: rowName, isText: true }, { name: columnName, isText: true }, { name: "value" }],
    cells.map((cell) => [rows[cell.row], columns[cell.column], [cell.shown, cell.value]])];
  return figure({ id, title, note, draw, numbers });
}

// ---- Bars on rows along a time

/** bars: {row, rows, start, end, shown, color, ends, text}, `ends` with notches; gaps: {row, start, end, text}. */
function timeChart({ id, title, note, rowName, xName, rows, end, bars, gaps, legend }) {
  function draw(width) {
    const every = Math.ceil(rows / 12);
    const rowTicks = Array.from({ length: Math.ceil(rows / every) }, (_, i) => ({ at: i * every, text: String(i * every) }));
    const area = { left: labelRoom(rowTicks), right: width - 10, top: 6 };
    const size = clamp(320 / rows, 6, 90);
    area.bottom = area.top + size * rows;
    const atX = scale(0, end, area.left, area.right);
    const atY = (row) => area.top + (row + 0.5) * size;
    const box = (row, count, start, stop) => ({ left: atX(start), right: atX(stop), top: area.top + (row + 0.05) * size, bottom: area.top + (row + count - 0.05) * size });
    const rect = ({ left, right, top, bottom }, attributes) =>
      svg("rect", { x: left, y: top, width: Math.max(right - left, 0.5), height: bottom - top, ...attributes });
    const elements = axes(area, atX, atY, thinned(ticks(0, end, width / 90, false), area.left, area.right), rowTicks, xName, rowName, false);
    const hits = [];
    for (const gap of gaps) {
      const place = box(gap.row, 1, gap.start, gap.end);
      if (place.right - place.left < 1) continue;
      elements.push(rect(place, { class: "idle" }));
      hits.push({ ...place, text: gap.text });
    }
    for (const bar of bars) {
      const place = box(bar.row, bar.rows, bar.start, bar.end);
      const wide = place.right - place.left;
      elements.push(rect(place, { class: wide > 4 ? "bar" : null, fill: bar.color }));
      if (wide > 4 * bar.ends.length) {
        const notch = (place.bottom - place.top) * 0.2;
        elements.push(...bar.ends.map((at) => svg("line", { class: "notch", x1: atX(at), x2: atX(at), y1: place.bottom - notch, y2: place.bottom })));
      }
      const length = CHARACTER * bar.shown.length + 8;
      const high = 0.8 * (place.bottom - place.top);
      if ((wide > length && high > 16) || (high > length && wide > 16)) {
        const middle = `translate(${(place.left + place.right) / 2} ${place.top + high / 2})`;
        elements.push(svg("text", { transform: wide > length ? middle : `${middle} rotate(-90)`, dy: 4, "text-anchor": "middle", fill: "var(--paper)" }, bar.shown));
      }
      hits.push({ ...place, text: bar.text });
    }
    return { height: area.bottom + 46, elements, hits };
  }
  const numbers = () => [
    [{ name: "trial", isText: true }, { name: "first rank" }, { name: "ranks" }, { name: "from", unit: "s" }, { name: "to", unit: "s" }],
    bars.map((bar) => [bar.shown, bar.row, bar.rows, [fixed(bar.start, 2), bar.start], [fixed(bar.end, 2), bar.end]])];
  return figure({
    id, title, note, draw, numbers,
    legend: () => legend.map(({ name, color }) => html("span", {}, svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" },
      svg("rect", { width: 14, height: 14, fill: color })), name)),
  });
}
