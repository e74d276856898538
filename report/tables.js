// Tables that sort by a click on a column's head, and copy as rows of tab-separated cells. Nothing is fetched.
(function () {
  "use strict";
  const words = document.body.dataset;
  const language = document.documentElement.lang;
  const { point, group } = words;
  const literal = (sign) => sign.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const digits = new RegExp(`[+-]?\\d(?:\\d|${literal(group)})*(?:${literal(point)}\\d+)?`, "g");
  const seconds = { h: 3600, min: 60, s: 1 };

  const plain = (text) => text.replace(/\u2212/g, "-").replace(/\s+/g, " ").trim();

  function parse(text) {
    const bare = text.replace(/\u2212/g, "-").replaceAll(group, "").replace(/\s/g, "");
    return Number(bare.replace(point, "."));
  }

  // The first number of a cell; a time in seconds; NaN where there is none.
  function number(cell) {
    const text = cell.textContent.replace(/\u2212/g, "-").trim();
    if (text.startsWith("∞")) return Infinity;
    const parts = [...text.matchAll(/([\d.,]+)\s(h|min|s)\b/g)];
    if (parts.length) return parts.reduce((sum, part) => sum + parse(part[1]) * seconds[part[2]], 0);
    const found = text.match(digits);
    const power = cell.querySelector("sup");
    return found ? parse(found[0]) * (power ? 10 ** parse(power.textContent) : 1) : NaN;
  }

  const isEmpty = (cell) => ["", "—"].includes(cell.textContent.trim());
  const isNumber = (cell) => isEmpty(cell) || /^[+\-\u2212]?[\d∞]/.test(cell.textContent.trim());

  function compare(one, other, asNumbers) {
    if (isEmpty(one) || isEmpty(other)) return isEmpty(one) - isEmpty(other);
    if (asNumbers) return number(one) - number(other);
    return one.textContent.localeCompare(other.textContent, language, { numeric: true });
  }

  // Once: ascending; twice: descending; three times: as it was. Empty cells stay last.
  function sort(table, original, head, column) {
    const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    let rows = original.slice();
    if (next) {
      head.setAttribute("aria-sort", next);
      const asNumbers = rows.every((row) => isNumber(row.cells[column]));
      const sign = next === "ascending" ? 1 : -1;
      rows.sort((a, b) => {
        const [one, other] = [a.cells[column], b.cells[column]];
        return compare(one, other, asNumbers) * (isEmpty(one) || isEmpty(other) ? 1 : sign);
      });
    }
    table.tBodies[0].append(...rows);
  }

  function cellText(cell) {
    const copy = cell.cloneNode(true);
    for (const power of copy.querySelectorAll("sup")) power.textContent = "^" + power.textContent;
    return plain(copy.textContent);
  }

  const asText = (table) =>
    [...table.rows].map((row) => [...row.cells].map(cellText).join("\t")).join("\n") + "\n";

  async function copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  function copyButton(table) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await copyText(asText(table));
      status.textContent = words.copied;
      setTimeout(() => { status.textContent = ""; }, 2000);
    });
    const line = document.createElement("p");
    line.className = "tools";
    line.append(button, " ", status);
    return line;
  }

  for (const table of document.querySelectorAll("main table")) {
    const original = [...table.tBodies[0].rows];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      head.scope = "col";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      button.title = words.sort + " " + plain(button.textContent);
      button.addEventListener("click", () => sort(table, original, head, column));
      head.append(button);
    });
    table.closest(".table").after(copyButton(table));
  }
})();
