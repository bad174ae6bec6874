// The alignment workbench by keyboard: j and k walk, Enter confirms, r goes to the relation, e to the rows above.
// Confirming replaces the row in place; without this script every button is a form of its own.

const list = document.querySelector("[data-links]");
const rows = () => [...list.querySelectorAll("[data-link]")];
const here = () => document.activeElement?.closest("[data-link]") ?? null;

const go = (row) => {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};
const step = (by) => {
  const all = rows();
  const at = all.indexOf(here());
  go(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
};

const count = (by) => {
  const shown = document.querySelector("[data-confirmed]");
  const bar = document.querySelector(".progress-line progress");
  if (!shown) return;
  shown.textContent = String(Number(shown.textContent) + by);
  if (bar) bar.value += by;
  const open = document.querySelector("[data-open]");
  if (open) open.textContent = String(Number(open.textContent) - by);
};

const send = async (form) => {
  const row = form.closest("[data-link]");
  const said = row.querySelector("[data-refused]");
  const next = rows()[rows().indexOf(row) + 1];
  const confirms = form.dataset.act === "decide";
  form.querySelector("button").disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Fragment": "1" } });
    const text = await answer.text();
    if (answer.ok && text.includes("data-link")) {
      const holder = document.createElement("template");
      holder.innerHTML = text.trim();
      const fresh = holder.content.firstElementChild;
      row.replaceWith(fresh);
      count(confirms ? 1 : -1);
      forget(fresh);
      go(confirms ? (next ?? fresh) : fresh);
      return;
    }
    if (answer.status === 409) {
      said.textContent = text;
      return;
    }
  } catch {
    // Without a network the form goes its own way below, and the browser says what is wrong.
  } finally {
    const button = form.querySelector("button");
    if (button) button.disabled = false;
  }
  form.submit();
};

// What was decided by itself is no longer among what "confirm all of this page" confirms.
const forget = (row) => {
  const action = row.querySelector("form")?.getAttribute("action") ?? "";
  const uid = action.split("/").at(-3);
  for (const input of document.querySelectorAll('.confirm-all input[name="link"]'))
    if (uid && input.value.startsWith(uid)) input.remove();
};

if (list) {
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const row = here();
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "r" && row) row.querySelector("select")?.focus();
    else if (event.key === "e" && row) row.querySelector('[data-act="rows"]')?.click();
    else if (event.key === "Enter" && row === event.target) row.querySelector('form[data-act="decide"]')?.requestSubmit();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    if (event.target.matches("select") && event.key === "Enter") {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (event.target.matches("select") && event.key === "Escape") go(here());
  });
}
