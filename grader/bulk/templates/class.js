"use strict";
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const text = rows.map((row) => row.textContent.toLowerCase());
  const shown = document.getElementById("shown");
  const filter = document.getElementById("filter");
  const key = (row, column) => {
    const value = row.cells[column].textContent.trim();
    return value === "" || isNaN(value) ? value.toLowerCase() : Number(value);
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b);
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const sorted = rows.map((row) => [key(row, column), row]);
      sorted.sort((a, b) => (up ? 1 : -1) * compare(a[0], b[0]));
      body.append(...sorted.map((pair) => pair[1]));
    });
  });
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, place) => {
      const match = words.every((word) => text[place].includes(word));
      row.hidden = !match;
      count += match;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  };
  filter.addEventListener("input", apply);
  document.getElementById("anonymous").addEventListener("change", (event) => {
    document.body.classList.toggle("anonymous", event.target.checked);
  });
})();
