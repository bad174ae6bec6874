// Reviewing a return by keyboard: j and k go from row to row, a accepts, s sends back (and asks why), u takes it off.
const rows = [...document.querySelectorAll("[data-row]")];
const words = JSON.parse(document.getElementById("review-words")?.textContent ?? "{}");
let at = -1;

const go = (index) => {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows[at].focus();
  rows[at].scrollIntoView({ block: "nearest" });
};

async function judge(form, verdict) {
  const line = form.querySelector("[data-state]");
  const body = new FormData(form);
  body.set("verdict", verdict);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    const said = await answer.json();
    line.textContent = said.error || words.saved;
    line.classList.toggle("bad", Boolean(said.error));
    form.elements.revision.value = said.revision;
    show(form.closest("[data-row]"), said.verdict);
    if (!said.error || answer.status === 409) form.elements.note.value = said.note;
    if (said.error) return false;
    for (const field of document.querySelectorAll("[data-sheet-revision]")) field.value = said.sheet;
    count(said.back);
    return true;
  } catch {
    line.textContent = words.offline;
    line.classList.add("bad");
    return false;
  }
}

function show(row, verdict) {
  row.dataset.verdict = verdict;
  for (const button of row.querySelectorAll("button[name=verdict]")) {
    button.setAttribute("aria-pressed", String(button.value === verdict && verdict !== ""));
  }
}

function count(back) {
  const button = document.querySelector("[data-send-back]");
  const accept = document.querySelector("[data-accept]");
  if (button) button.textContent = back ? words.back.replace("{n}", back) : words.back_all;
  if (accept) accept.disabled = back > 0;
  const note = document.querySelector("[data-whole]");
  if (note) note.hidden = back > 0;
}

for (const row of rows) {
  const form = row.querySelector("form[data-judge]");
  row.addEventListener("focusin", () => (at = rows.indexOf(row)));
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await judge(form, event.submitter?.value ?? "sent_back");
  });
}

document.addEventListener("keydown", async (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select");
  const form = rows[at]?.querySelector("form[data-judge]");
  if (field) {
    if (event.key === "Enter" && field.name === "note" && form) {
      event.preventDefault();
      if (await judge(form, "sent_back")) go(at + 1);
    } else if (event.key === "Escape") rows[at]?.focus();
    return;
  }
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "a" && form) {
    if (await judge(form, "accepted")) go(at + 1);
  } else if (event.key === "s" && form) {
    event.preventDefault();
    form.elements.note.focus();
  } else if (event.key === "u" && form) await judge(form, "");
  else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-tick-all]")) {
  button.addEventListener("click", () => {
    const ticks = [...document.querySelectorAll(button.dataset.tickAll)];
    const on = ticks.some((tick) => !tick.checked);
    for (const tick of ticks) tick.checked = on;
  });
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const from = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      button.textContent = button.dataset.done;
    } catch {
      from.select?.();
      document.execCommand("copy");
      button.textContent = button.dataset.done;
    }
  });
}
