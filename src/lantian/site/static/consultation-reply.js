// The reply page: a comment is saved when its field is left, and everything unsaved before an answer is handed in.
// Without script each comment has its own button.
const drafts = () => [...document.querySelectorAll("form[data-autosave]")];
const written = (form) => JSON.stringify(["proposal", "reason", "kind"].map((name) => form.elements[name].value));
const last = new Map(drafts().map((form) => [form, written(form)]));
const running = new Map();

const dirty = (form) => written(form) !== last.get(form);
const empty = (form) => !form.elements.proposal.value.trim() && !form.elements.uid.value;

function tell(form, text, bad) {
  const state = form.querySelector("[data-state]");
  state.textContent = text;
  state.classList.toggle("bad", bad);
}

async function send(form) {
  const now = written(form);
  const state = form.querySelector("[data-state]");
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    const said = await answer.json();
    if (!answer.ok) {
      tell(form, said.error, true);
      return false;
    }
    form.elements.uid.value = said.uid;
    last.set(form, now);
    tell(form, `${state.dataset.done} ${said.at}`, false);
    count(said.count);
    return true;
  } catch {
    tell(form, state.dataset.failed, true);
    return false;
  }
}

function save(form) {
  // One request at a time for each comment: a second one would make a second comment.
  const before = running.get(form) ?? Promise.resolve(true);
  const after = before.then((ok) => (dirty(form) ? send(form) : ok));
  running.set(form, after);
  return after;
}

function count(number) {
  const shown = document.querySelector("[data-count]");
  const nothing = document.querySelector("[data-nothing]");
  if (shown) shown.textContent = number;
  if (nothing) nothing.disabled = number > 0;
}

for (const form of drafts()) {
  form.addEventListener("change", () => {
    if (dirty(form) && !(empty(form) && !form.elements.reason.value.trim())) save(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
}

const open = () => drafts().filter((form) => dirty(form) && !(empty(form) && !form.elements.reason.value.trim()));

for (const form of document.querySelectorAll("form[data-flush]")) {
  form.addEventListener("submit", async (event) => {
    if (!open().length) return;
    event.preventDefault();
    const done = await Promise.all(open().map(save));
    const failed = open()[0];
    if (done.every(Boolean) && !failed) form.submit();
    else failed?.elements.proposal.focus();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (open().length) event.preventDefault();
});
