// The drop box: files dropped on the field are named; on a piece, j and k walk through the rows that wait, Enter takes one
// over, x leaves it out, and the passage of the row in hand is marked. Every step is a form and works without this.
for (const field of document.querySelectorAll("[data-drop]")) {
  const input = field.querySelector("input[type=file]");
  const chosen = field.querySelector("[data-chosen]");
  for (const kind of ["dragover", "dragenter"])
    field.addEventListener(kind, (event) => {
      event.preventDefault();
      field.classList.add("over");
    });
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  input.addEventListener("change", () => {
    chosen.textContent = [...input.files].map((file) => file.name).join("、");
  });
}

const filter = document.querySelector("[data-filter]");
filter?.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const line of document.querySelectorAll(filter.dataset.filter)) {
    const number = line.querySelector("strong")?.textContent ?? "";
    const fits = /^\d+$/.test(wanted) ? number.startsWith(wanted) : line.textContent.toLowerCase().includes(wanted);
    line.hidden = Boolean(wanted) && !fits;
  }
});

const rows = [...document.querySelectorAll("[data-row]")];
const mark = (row) => {
  for (const passage of document.querySelectorAll(".sent .now")) passage.classList.remove("now");
  const passages = [...document.querySelectorAll(".sent [data-items]")];
  const own = passages.filter((passage) => passage.dataset.items.split(" ").includes(row.dataset.row));
  for (const passage of own) passage.classList.add("now");
  const box = document.querySelector(".sent");
  const first = own[0];
  if (first && getComputedStyle(box).position === "sticky") {
    const place = first.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.max(0, place - 60);
  }
};
const go = (row) => {
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};
for (const row of rows) row.addEventListener("focusin", () => mark(row));

document.addEventListener("keydown", (event) => {
  if (!rows.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, button, a, summary, dialog")) return;
  const open = rows.filter((row) => "open" in row.dataset);
  const here = document.activeElement?.closest("[data-row]");
  const at = open.indexOf(here);
  if (event.key === "j" || event.key === "k") {
    const next = open[event.key === "j" ? at + 1 : Math.max(0, at - 1)];
    if (next) go(next);
  } else if (event.key === "Enter" && here) {
    here.querySelector("[data-take]")?.requestSubmit();
  } else if (event.key === "x" && here) {
    here.querySelector("[data-drop-row]")?.click();
  } else return;
  event.preventDefault();
});
const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (target?.matches("[data-row], #hand-in")) go(target);
else if (rows.length) {
  const first = rows.find((row) => "open" in row.dataset);
  if (first) go(first);
}
