// A column of figures: Enter and the arrow keys go up and down; what is pasted from a spreadsheet goes where it belongs.
const form = document.querySelector("[data-column]");
const NUMBER = /^[+-]?[\d,.]*$/;

function cells(column) {
  return [...form.querySelectorAll(`[data-cell="${column}"]`)];
}

function move(from, step) {
  const all = cells(from.dataset.cell);
  const next = all[all.indexOf(from) + step];
  if (next) {
    next.focus();
    next.select();
  }
}

form.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!cell || !step || event.isComposing) return;
  event.preventDefault(); // Enter in a field must not enter half a column
  move(cell, step);
});

// Numbers alone fill the fields from here down and to the right, if there are as many; everything else goes to the
// reader on the server, which matches units and names what it cannot place.
form.addEventListener("paste", (event) => {
  const cell = event.target.closest("[data-cell]");
  const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n+$/, "");
  if (!cell || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const column = Number(cell.dataset.cell);
  const start = cells(column).indexOf(cell);
  const places = text
    .split("\n")
    .flatMap((line, row) =>
      line.split("\t").map((part, place) => [part.trim(), cells(column + place)[start + row]]),
    );
  if (places.every(([part, field]) => field && NUMBER.test(part))) {
    for (const [part, field] of places) field.value = part;
    return;
  }
  form.querySelector("[data-pasted]").value = text;
  form.requestSubmit(form.querySelector("[data-fill]"));
});
