"use strict";
// Headers become buttons that sort their table; without script the page is the same, unsorted.
function key(row, column) {
  const cell = row.cells[column].cloneNode(true);
  cell.querySelectorAll(".band").forEach((band) => band.remove());
  const text = cell.textContent.replace(/[,\u00a0 ]+/g, (gap) => (gap[0] === "," ? "" : " ")).trim();
  const number = /^(?:under |over |×)?[+\u2212-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?= ?%|$| )/i.exec(text);
  const value = number ? parseFloat(number[0].replace("\u2212", "-").replace(/^(under|over) |^×/i, "")) : NaN;
  // "under 0.1 %" and "over 99.9 %", as the page's language writes them.
  const nudge = /^under|\u672a\u6e80$/.test(text) ? -1e-9 : /^over|\u8d85$/.test(text) ? 1e-9 : 0;
  return { text, value: value + nudge, none: text === "" || text === "\u2013" };
}
function sort(table, header, column) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({ row, ...key(row, column) }));
  const numeric = rows.every((r) => r.none || !Number.isNaN(r.value));
  const before = header.getAttribute("aria-sort");
  const down = before ? before === "ascending" : numeric;
  rows.sort((a, b) => {
    if (a.none !== b.none) return a.none ? 1 : -1;
    const order = numeric ? a.value - b.value || 0 : a.text.localeCompare(b.text, undefined, { numeric: true });
    return down ? -order : order;
  });
  table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...rows.map((r) => r.row));
}
document.querySelectorAll("table").forEach((table) => {
  const head = table.tHead;
  if (!head || head.rows.length !== 1 || table.tBodies.length !== 1 || table.tBodies[0].rows.length < 2) return;
  Array.from(head.rows[0].cells).forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(table, header, column));
    header.append(button);
  });
});
