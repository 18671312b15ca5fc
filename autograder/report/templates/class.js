// Search, filter and sort the table of students. Without this script everything is on the page.
(() => {
  const table = document.querySelector("table.students");
  const controls = document.querySelector(".controls");
  if (!table || !controls) return;
  const body = table.tBodies[0], rows = [...body.rows];
  const search = controls.querySelector("input"), filter = controls.querySelector("select");
  const count = controls.querySelector("output");
  const plain = text => text.normalize("NFKC").toLowerCase();
  const names = new Map(rows.map(row => [row, plain(row.cells[0].textContent)]));

  function show() {
    const words = plain(search.value).split(/\s+/).filter(Boolean), state = filter.value;
    let shown = 0;
    for (const row of rows) {
      const fits = words.every(word => names.get(row).includes(word)) &&
        (!state || row.dataset.is.split(" ").includes(state));
      row.hidden = !fits;
      shown += fits;
    }
    table.classList.toggle("filtered", shown < rows.length);
    count.value = count.dataset.text.replace("{n}", shown).replace("{m}", rows.length);
  }

  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  function sort(column, ascending) {
    const sign = ascending ? 1 : -1;
    const keyed = rows.map((row, i) => {
      const text = row.cells[column].textContent.trim();
      return { row, i, text, value: column ? parseFloat(text) : 0 };
    });
    keyed.sort((a, b) => {
      if (!column) return sign * order.compare(a.text, b.text) || a.i - b.i;
      const none = isNaN(a.value) - isNaN(b.value);  // whoever has no points comes last, always
      return none || (isNaN(a.value) ? 0 : sign * (a.value - b.value)) || a.i - b.i;
    });
    body.append(...keyed.map(entry => entry.row));
  }

  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const ascending = now ? now === "descending" : !column;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      sort(column, ascending);
    });
  });
  table.tHead.rows[0].cells[0].setAttribute("aria-sort", "ascending");
  search.addEventListener("input", show);
  filter.addEventListener("change", show);
  controls.hidden = false;
  show();
})();
