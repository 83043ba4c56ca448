"use strict";
/* The page of `minrisk explore`: emulators evaluated, charts drawn, settings kept in the address; nothing is fetched. */
(() => {
const D = JSON.parse(document.getElementById("data").textContent);
const W = D.words, K = D.inputs.length, SVG = "http://www.w3.org/2000/svg", SHOWN = ["a", "b"];
const INK = { a: getComputedStyle(document.documentElement).getPropertyValue("--a").trim(),
  b: getComputedStyle(document.documentElement).getPropertyValue("--b").trim(), soft: "#4a4a4a", line: "#d5d5d5", own: "#767676" };
const by = id => document.getElementById(id);
const floats = (text, kind = Float32Array) => new kind(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);

/* --- numbers as the rest of the house writes them ------------------------------------------------------------- */
const trim = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
const number = v => {
  const size = Math.abs(v);
  if (!isFinite(v)) return "–";
  if (size >= 100) return Math.round(v).toLocaleString("en-US");
  if (size >= 10) return trim(v.toFixed(1));
  if (size >= 0.01 || v === 0) return trim(v.toFixed(2));
  return size < 1e-9 ? "0" : String(Number(v.toPrecision(2)));
};
const write = (v, format) => format.text.replace("{v}", number(format.scale * v).replace("-", "−"));
/* Errors and differences: of percentages they are points. */
const apart = format => ({ scale: format.scale, text: format.apart });
const band = (low, high, format) => {
  const [a, b] = [low, high].map(v => number(format.scale * v).replace("-", "−"));
  return format.text.replace("{v}", a === b ? a : fill(W.band, { low: a, high: b }));
};

/* --- the emulator: constant and slopes, a weight for each point of the sample, components of draws or months ---- */
const points = floats(D.points, Float64Array), count = points.length / K;
for (const o of D.outputs) {
  o.w = floats(o.weights, Float64Array); o.v = floats(o.components); o.c = floats(o.centre);
  o.columns = o.c.length; o.parts = o.w.length / (1 + K + count);
}
const emulate = (o, x) => {
  const scores = new Float64Array(o.parts), found = Float64Array.from(o.c);
  const add = (row, by) => { for (let r = 0, at = row * o.parts; r < o.parts; r++) scores[r] += by * o.w[at + r]; };
  add(0, 1);
  for (let j = 0; j < K; j++) add(1 + j, x[j]);
  for (let p = 0; p < count; p++) {
    let squared = 0;
    for (let j = 0; j < K; j++) { const d = (x[j] - points[p * K + j]) / o.lengths[j]; squared += d * d; }
    const away = Math.sqrt(5 * squared);
    add(1 + K + p, (1 + away + away * away / 3) * Math.exp(-away));
  }
  for (let r = 0; r < o.parts; r++) for (let c = 0, at = r * o.columns; c < o.columns; c++) found[c] += scores[r] * o.v[at + c];
  for (let c = 0; c < o.columns; c++) {
    if (o.log) found[c] = Math.exp(found[c]);
    if (o.floor !== null && found[c] < o.floor) found[c] = o.floor;
    if (o.ceiling !== null && found[c] > o.ceiling) found[c] = o.ceiling;
  }
  return found;
};
const summed = values => {
  const sorted = Float64Array.from(values).sort();
  return { mean: values.reduce((s, v) => s + v, 0) / values.length, p05: sorted[D.ranks[0]], p50: sorted[D.ranks[1]], p95: sorted[D.ranks[2]] };
};
const unit = (j, v) => (v - D.inputs[j].low) / (D.inputs[j].high - D.inputs[j].low);

/* --- settings ------------------------------------------------------------------------------------------------ */
const start = D.inputs.map(i => i.start);
const state = { a: [...start], b: [...start], which: "a" };
const values = { a: [], b: [] };
const known = (j, v) => isFinite(v) && v >= D.inputs[j].low && v <= D.inputs[j].high;
const read = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  let whole = true;
  for (const s of SHOWN) (given.get(s) || "").split(",").forEach(part => {
    const cut = part.lastIndexOf("~"), j = D.inputs.findIndex(i => i.key === part.slice(0, cut)), v = Number(part.slice(cut + 1));
    if (!part) return;
    if (cut > 0 && j >= 0 && known(j, v)) state[s][j] = v; else whole = false;
  });
  if (given.get("moves") === "b") state.which = "b";
  return whole;
};
const keep = () => {
  const parts = [];
  for (const s of SHOWN) {
    const moved = D.inputs.flatMap((i, j) => state[s][j] === start[j] ? [] : [`${i.key}~${state[s][j]}`]);
    if (moved.length) parts.push(`${s}=${encodeURIComponent(moved.join(","))}`);
  }
  if (state.which === "b") parts.push("moves=b");
  history.replaceState(null, "", "#" + parts.join("&"));
};
const ranges = [...document.querySelectorAll("#controls input[type=range]")];
const typed = [...document.querySelectorAll("#controls .typed")];
const show = () => {
  document.body.classList.toggle("b-moves", state.which === "b");
  document.querySelector(`input[name=which][value=${state.which}]`).checked = true;
  D.inputs.forEach((i, j) => {
    const v = state[state.which][j];
    ranges[j].value = v; typed[j].value = v;
    ranges[j].setAttribute("aria-valuetext", `${number(v)} ${i.unit}`);
  });
};
const set = (j, v) => {
  if (!known(j, v)) {
    const at = D.inputs[j], text = { value: number(v), low: number(at.low), high: number(at.high), kept: number(state[state.which][j]) };
    show();
    by("status").className = "refusal";
    by("status").textContent = `${at.label}: ${fill(W.refused, text)}`;
    return;
  }
  state[state.which][j] = Math.min(Math.max(Number(v.toPrecision(4)), D.inputs[j].low), D.inputs[j].high);
  ask([state.which]);
};

/* --- an update ----------------------------------------------------------------------------------------------- */
let waiting = null;
const ask = which => {
  if (waiting) { which.forEach(s => waiting.add(s)); return; }
  waiting = new Set(which);
  requestAnimationFrame(() => { const these = waiting; waiting = null; update([...these]); });
};
const update = which => {
  const begun = performance.now();
  for (const s of which) {
    const x = state[s].map((v, j) => unit(j, v));
    values[s] = D.outputs.map(o => emulate(o, x));
    values[s].stats = D.outputs.map((o, at) => o.draws ? summed(values[s][at]) : null);
  }
  show();
  keep();
  const drawn = performance.now();
  D.charts.forEach(draw);
  const first = D.charts[0], o = D.outputs[first.rows[0]], s = state.which, of = values[s].stats[first.rows[0]];
  by("status").className = "";
  if (of) by("status").textContent = fill(W.status, { setting: s.toUpperCase(), what: first.title, value: write(of[first.middle], first.format),
    band: band(of.p05, of.p95, first.format), error: write(o.errors[first.middle], apart(first.format)) });
  document.body.dataset.drawing = (performance.now() - drawn).toFixed(1);
  document.body.dataset.ms = (performance.now() - begun).toFixed(1);
  document.body.dataset.updates = 1 + Number(document.body.dataset.updates || 0);
};

/* --- drawing ------------------------------------------------------------------------------------------------- */
const add = (parent, tag, attributes, text) => {
  const node = document.createElementNS(SVG, tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};
const nice = (low, high, log, most) => {
  if (log) {
    const found = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
      for (const m of high / low > 300 ? [1] : [1, 2, 5]) if (m * 10 ** e >= low && m * 10 ** e <= high) found.push(m * 10 ** e);
    return found.filter((_, i) => i % Math.ceil(found.length / most) === 0);
  }
  const rough = (high - low) / most, e = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find(m => m * e >= rough) * e, found = [];
  for (let t = Math.ceil(low / step); t * step <= high * (1 + 1e-9); t++) found.push(t * step);
  return found;
};
/* What a chart shows, as rows of numbers: also its table and its CSV. */
const rowsOf = chart => {
  if (chart.kind === "months") {
    const o = D.outputs[chart.rows[0]], n = o.columns / 3, part = (v, i) => Array.from(v.slice(i * n, (i + 1) * n));
    const of = s => ({ mean: part(values[s][chart.rows[0]], 0), p05: part(values[s][chart.rows[0]], 1), p95: part(values[s][chart.rows[0]], 2) });
    const [a, b] = [of("a"), of("b")];
    return D.months.map((m, i) => ({ label: m, a: { mean: a.mean[i], p05: a.p05[i], p95: a.p95[i] }, b: { mean: b.mean[i], p05: b.p05[i], p95: b.p95[i] },
      own: { mean: o.own.mean[i], p05: o.own.p05[i], p95: o.own.p95[i] }, errors: o.errors, poor: o.poor }));
  }
  if (chart.kind === "bars") {
    const o = D.outputs[chart.rows[0]];
    return chart.names.map((label, i) => ({ label, a: { mean: values.a[chart.rows[0]][i] }, b: { mean: values.b[chart.rows[0]][i] }, own: { mean: o.own.mean[i] }, errors: o.errors, poor: o.poor }));
  }
  return chart.rows.map(at => {
    const o = D.outputs[at], gap = summed(values.a[at].map((v, d) => values.b[at][d] - v));
    return { label: o.label, a: values.a.stats[at], b: values.b.stats[at], gap,
      own: Object.fromEntries(Object.entries(o.own).map(([k, v]) => [k, v[0]])), errors: o.errors, poor: o.poor };
  });
};
const same = () => state.a.every((v, j) => v === state.b[j]);
const cursors = new Map();
/* Widths are read once for all charts: reading one after writing another would lay the page out each time. */
const measure = () => D.charts.forEach(chart => { chart.width = Math.max(300, by(chart.id).clientWidth); });
const draw = chart => {
  const holder = by(chart.id), rows = rowsOf(chart), width = chart.width;
  const svg = document.createElementNS(SVG, "svg");
  chart.drawn = { rows, svg };
  if (chart.kind === "months") drawMonths(chart, svg, rows, width); else drawRows(chart, svg, rows, width);
  holder.replaceChildren(svg);
  fillTable(chart, rows);
  point(chart, cursors.get(chart.id));
};
const frame = (svg, width, height) => {
  for (const [name, value] of Object.entries({ xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, "font-family": "sans-serif", "font-size": 13, "aria-hidden": "true" })) svg.setAttribute(name, value);
  add(svg, "rect", { width, height, fill: "#fff" });
};
const drawRows = (chart, svg, rows, width) => {
  const middle = chart.middle, each = 40, top = 8, left = rows.length > 1 ? Math.min(170, width * 0.34) : 12, right = width - 22, height = top + each * rows.length + 30;
  frame(svg, width, height);
  const every = rows.flatMap(r => [r.a, r.b, r.own].flatMap(s => [s[middle], s.p05 ?? s.mean, s.p95 ?? s.mean]));
  let low = Math.min(...every), high = Math.max(...every, chart.high || 0);
  if (!chart.log) low = Math.min(0, low);
  chart.high = high;  /* an axis that only grows: a moving slider then moves the marks, not the scale */
  if (chart.log) chart.low = low = Math.min(low, chart.low ?? low);
  if (high <= low) high = low + (low || 1);
  const x = v => left + (right - left) * (chart.log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low));
  for (const t of nice(low * chart.format.scale, high * chart.format.scale, chart.log, width < 500 ? 4 : 7)) {
    const at = x(t / chart.format.scale);
    add(svg, "line", { x1: at, x2: at, y1: top, y2: height - 24, stroke: INK.line });
    add(svg, "text", { x: at, y: height - 8, "text-anchor": at > right - 20 ? "end" : at < left + 14 ? "start" : "middle", fill: INK.soft, "font-size": 12 }, write(t / chart.format.scale, chart.format));
  }
  rows.forEach((r, i) => {
    const y = top + each * (i + 0.5);
    if (rows.length > 1) label(svg, r.label, left - 8, y, left - 8);
    SHOWN.forEach((s, k) => {
      const line = y - 7 + 14 * k, of = r[s];
      if (chart.kind === "bars") add(svg, "rect", { x: x(Math.max(0, low)), y: line - 6, width: Math.max(0, x(of.mean) - x(Math.max(0, low))), height: 12, fill: INK[s] });
      else {
        add(svg, "line", { x1: x(of.p05), x2: x(of.p95), y1: line, y2: line, stroke: INK[s], "stroke-width": 4, "stroke-opacity": 0.45, "stroke-linecap": "round" });
        if (s === "a") add(svg, "circle", { cx: x(of[middle]), cy: line, r: 5.5, fill: INK[s] });
        else add(svg, "rect", { x: x(of[middle]) - 5, y: line - 5, width: 10, height: 10, fill: INK[s] });
      }
    });
    add(svg, "line", { x1: x(r.own[middle]), x2: x(r.own[middle]), y1: y - 15, y2: y + 15, stroke: INK.own, "stroke-width": 2, "stroke-dasharray": "3 2" });
  });
  chart.place = (px, py) => Math.max(0, Math.min(rows.length - 1, Math.floor((py - top) / each)));
  chart.mark = i => ({ x: 0, y: top + each * i, width, height: each });
};
/* A name that folds once into a narrow column. */
const label = (svg, text, x, y, width) => {
  const most = Math.floor(width / (/[\u3000-\u9fff]/.test(text) ? 13 : 6.6));
  let lines = [text];
  if (text.length > most) {
    const cut = text.lastIndexOf(" ", most) > 0 ? text.lastIndexOf(" ", most) : most, rest = text.slice(cut).trim();
    lines = [text.slice(0, cut), rest.length > most ? rest.slice(0, most - 1) + "…" : rest];
  }
  lines.forEach((line, i) => add(svg, "text", { x, y: y + 4 + 15 * (i - (lines.length - 1) / 2), "text-anchor": "end", fill: "#1b1b1b" }, line));
};
const drawMonths = (chart, svg, rows, width) => {
  const top = 10, left = 52, right = width - 12, height = 250, bottom = height - 26, n = rows.length;
  frame(svg, width, height);
  const low = 0, high = Math.max(1, ...rows.flatMap(r => [r.a.p95, r.b.p95, r.own.mean]));
  const x = i => left + (right - left) * (n > 1 ? i / (n - 1) : 0.5), y = v => bottom - (bottom - top) * (v - low) / (high - low);
  for (const t of nice(0, high * chart.format.scale, false, 5)) {
    const at = y(t / chart.format.scale);
    add(svg, "line", { x1: left, x2: right, y1: at, y2: at, stroke: INK.line });
    add(svg, "text", { x: left - 6, y: at + 4, "text-anchor": "end", fill: INK.soft, "font-size": 12 }, write(t / chart.format.scale, chart.format));
  }
  rows.forEach((r, i) => {
    if (!r.label.endsWith("-01")) return;
    add(svg, "line", { x1: x(i), x2: x(i), y1: bottom, y2: bottom + 5, stroke: INK.soft });
    add(svg, "text", { x: x(i), y: height - 8, "text-anchor": i < 2 ? "start" : "middle", fill: INK.soft, "font-size": 12 }, r.label.slice(0, 4));
  });
  const path = of => rows.map((r, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(of(r)).toFixed(1)}`).join("");
  for (const s of SHOWN) {
    const back = rows.map((r, i) => `L${x(n - 1 - i).toFixed(1)} ${y(rows[n - 1 - i][s].p05).toFixed(1)}`).join("");
    add(svg, "path", { d: path(r => r[s].p95) + back + "Z", fill: INK[s], "fill-opacity": 0.13 });
  }
  add(svg, "path", { d: path(r => r.own.mean), fill: "none", stroke: INK.own, "stroke-width": 1.5, "stroke-dasharray": "3 3" });
  add(svg, "path", { d: path(r => r.a.mean), fill: "none", stroke: INK.a, "stroke-width": 2.5 });
  add(svg, "path", { d: path(r => r.b.mean), fill: "none", stroke: INK.b, "stroke-width": 2.5, "stroke-dasharray": "8 3" });
  chart.place = px => Math.max(0, Math.min(n - 1, Math.round((px - left) / (right - left) * (n - 1))));
  chart.mark = i => ({ x: x(i) - 1, y: top, width: 2, height: bottom - top });
};
/* The row or month under the pointer or chosen by arrow keys: marked, and said below. */
const point = (chart, i) => {
  const readout = by(`${chart.id}-readout`), row = chart.drawn.rows[i];
  if (!row) { readout.textContent = ""; return; }
  cursors.set(chart.id, i);
  chart.drawn.marked?.remove();
  chart.drawn.marked = add(chart.drawn.svg, "rect", { ...chart.mark(i), class: "marked", fill: "#1b1b1b", "fill-opacity": chart.kind === "months" ? 0.6 : 0.06 });
  const said = of => write(of[chart.middle], chart.format) + (of.p05 === undefined ? "" : ` (${band(of.p05, of.p95, chart.format)})`);
  readout.textContent = fill(W.point, { label: row.label, a: said(row.a), b: said(row.b), error: write(row.errors[chart.middle], apart(chart.format)) });
};
/* A table is built once; then only texts change. */
const cell = (row, tag, kind) => {
  const node = document.createElement(tag), small = document.createElement("span");
  if (kind) node.className = kind;
  if (tag === "th") node.scope = row.parentNode.tagName === "THEAD" ? "col" : "row";
  small.className = "band";
  node.append("", small);
  row.append(node);
  return node;
};
const put = (node, text, small = "") => {
  if (node.firstChild.data !== text) node.firstChild.data = text;
  if (node.lastChild.textContent !== small) node.lastChild.textContent = small;
};
const COLUMNS = ["w", "n a", "n b", "n", "n", "n"];
const buildTable = (chart, rows) => {
  const table = by(`${chart.id}-table`), top = table.tHead.insertRow();
  [chart.kind === "months" ? W.month : W.table_row, "A", "B", W.error, W.difference, W.own].forEach((text, i) => put(cell(top, "th", COLUMNS[i]), text));
  return rows.map(() => { const line = table.tBodies[0].insertRow(); return COLUMNS.map((kind, i) => cell(line, i ? "td" : "th", kind)); });
};
const fillTable = (chart, rows) => {
  const f = chart.format, by = apart(f), m = chart.middle, ends = (of, g = f) => of.p05 === undefined ? "" : band(of.p05, of.p95, g);
  const shown = chart.kind === "months" ? rows.filter((r, i) => i % 12 === 11 || i === 0) : rows, alike = same();
  chart.cells = chart.cells || buildTable(chart, shown);
  shown.forEach((r, i) => {
    const cells = chart.cells[i], gap = {}, whole = r.gap || { mean: r.b.mean - r.a.mean };
    /* Digits far below what the emulator can tell are none. */
    for (const name in whole) gap[name] = Math.abs(whole[name]) < r.errors[m] / 100 ? 0 : whole[name];
    put(cells[0], r.label);
    put(cells[1], write(r.a[m], f), ends(r.a));
    put(cells[2], write(r.b[m], f), ends(r.b));
    put(cells[3], `± ${write(r.errors[m], by)}`, r.poor ? W.poor_short : "");
    put(cells[4], alike ? W.same : write(gap[m], by), alike ? "" : ends(gap, by));
    put(cells[5], write(r.own[m], f), ends(r.own));
  });
};

/* --- taking it away ------------------------------------------------------------------------------------------ */
const save = (content, name, kind) => {
  const link = document.createElement("a"), url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: kind }));
  link.href = url; link.download = name; link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};
const quoted = text => { const t = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; return /[",\n]/.test(t) ? `"${t.replaceAll('"', '""')}"` : t; };
const csv = chart => {
  const lines = [["row", "setting", "statistic", "value", "emulator_error"].join(",")];
  for (const s of SHOWN) D.inputs.forEach((i, j) => lines.push([quoted(i.key), s, "input", state[s][j], 0].join(",")));
  for (const r of chart.drawn.rows) {
    for (const s of [...SHOWN, "own"]) for (const name in r[s]) lines.push([quoted(r.label), s, name, r[s][name], s === "own" ? 0 : r.errors[name] ?? ""].join(","));
    if (r.gap) for (const name in r.gap) lines.push([quoted(r.label), "b-a", name, r.gap[name], 2 * r.errors[name]].join(","));
  }
  return lines.join("\n") + "\n";
};
/* Lines of at most so many pixels: at spaces, or between any two signs where a language has none. */
const folded = (text, width, size) => {
  const found = [""], wide = c => (c > "\u2e7f" ? 1 : 0.56) * size, long = t => [...t].reduce((sum, c) => sum + wide(c), 0);
  for (const part of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) || []) {
    if (found.at(-1) && long(found.at(-1) + part.trimEnd()) > width) found.push("");
    found.push(found.pop() + part);
  }
  return found;
};
/* What A and B are, as a picture without the page must say. */
const settings = () => SHOWN.map(s => {
  const moved = D.inputs.flatMap((i, j) => state[s][j] === start[j] ? [] : [`${i.label} = ${number(state[s][j])}`]);
  return fill(W.setting_of, { setting: s.toUpperCase(), what: moved.length ? moved.join("; ") : W.unmoved });
});
/* The chart under its title, its note and the settings: a file of its own. */
const picture = chart => {
  const copy = chart.drawn.svg.cloneNode(true), width = chart.width, height = Number(copy.getAttribute("height"));
  const texts = [[chart.title, 15, "#1b1b1b", "bold"], [chart.note, 12, INK.soft, "normal"], ...settings().map((t, k) => [t, 12, INK[SHOWN[k]], "normal"])];
  const lines = texts.flatMap(([text, ...look]) => folded(text, width - 24, look[0]).map(line => [line, ...look]));
  const top = lines.reduce((sum, [, size]) => sum + 1.4 * size, 12);
  copy.querySelector(".marked")?.remove();
  copy.removeAttribute("aria-hidden");
  copy.setAttribute("viewBox", `0 ${-top} ${width} ${height + top}`);
  copy.setAttribute("height", height + top);
  add(copy, "rect", { y: -top, width, height: top, fill: "#fff" });
  let y = -top;
  for (const [line, size, ink, weight] of lines) add(copy, "text", { x: 12, y: y += 1.4 * size, "font-size": size, "font-weight": weight, fill: ink }, line.trimEnd());
  return new XMLSerializer().serializeToString(copy);
};
const png = (chart, name) => {
  const image = new Image(), url = URL.createObjectURL(new Blob([picture(chart)], { type: "image/svg+xml" }));
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width; canvas.height = 2 * image.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => { URL.revokeObjectURL(url); save(blob, name); }, "image/png");
  };
  image.src = url;
};
const yaml = s => {
  const text = part => typeof part === "string" ? part : part.title ? JSON.stringify(fill(W.patch_title, { title: D.patch.title, setting: s.toUpperCase() })) : String(state[s][part.input]);
  const note = fill(W.patch_note, { draws: D.patch.draws, seed: D.patch.seed });
  return `# ${note}\n` + D.patch.lines.map(line => line.map(text).join("")).join("\n") + "\n";
};

/* --- who listens --------------------------------------------------------------------------------------------- */
ranges.forEach((input, j) => input.addEventListener("input", () => set(j, Number(input.value))));
typed.forEach((input, j) => input.addEventListener("change", () => set(j, input.value === "" ? NaN : Number(input.value))));
document.querySelectorAll(".back").forEach((button, j) => button.addEventListener("click", () => set(j, start[j])));
document.querySelectorAll("input[name=which]").forEach(input => input.addEventListener("change", () => { state.which = input.value; ask([]); }));
by("reset").addEventListener("click", () => { state[state.which] = [...start]; ask([state.which]); });
by("copy").addEventListener("click", () => { const other = state.which === "a" ? "b" : "a"; state[other] = [...state[state.which]]; ask([other]); });
by("print").addEventListener("click", () => print());
by("controls").addEventListener("submit", event => event.preventDefault());
document.querySelectorAll("[data-patch]").forEach(button => button.addEventListener("click", () => save(yaml(button.dataset.patch), `${D.name}_${button.dataset.patch}.yaml`, "text/yaml")));
document.querySelectorAll("[data-as]").forEach(button => button.addEventListener("click", () => {
  const chart = D.charts[button.dataset.chart], name = `${D.name}_${chart.id.slice(6)}`, as = button.dataset.as;
  if (as === "csv") save(csv(chart), `${name}.csv`, "text/csv");
  else if (as === "svg") save(picture(chart), `${name}.svg`, "image/svg+xml");
  else png(chart, `${name}.png`);
}));
for (const chart of D.charts) {
  const holder = by(chart.id);
  const over = event => { const box = holder.getBoundingClientRect(); point(chart, chart.place(event.clientX - box.left, event.clientY - box.top)); };
  holder.addEventListener("pointermove", over);
  holder.addEventListener("pointerdown", over);
  holder.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -1e9, End: 1e9 }[event.key];
    if (!step) return;
    event.preventDefault();
    const last = chart.drawn.rows.length - 1, now = cursors.get(chart.id);
    point(chart, now === undefined ? (step > 0 ? 0 : last) : Math.max(0, Math.min(last, now + step)));
  });
}
addEventListener("hashchange", () => { state.a = [...start]; state.b = [...start]; state.which = "a"; read(); ask(SHOWN); });
let resized = 0;
addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(() => { measure(); D.charts.forEach(draw); }, 100); });
addEventListener("beforeprint", () => { measure(); D.charts.forEach(draw); });
measure();
read();
update(SHOWN);
})();
