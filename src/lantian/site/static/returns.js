// A return being filled in: every change is saved by itself, the cumulative figure is proposed, what somebody else wrote
// meanwhile is shown beside one's own words. Words that could not be sent stay in this tab until they are.
const words = JSON.parse(document.getElementById("return-words")?.textContent ?? "{}");
const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name] ?? name);
const forms = [...document.querySelectorAll("form[data-entry]")];
const WAIT = 1200; // after the last key
const saved = new WeakMap(); // form → its content as the server has it
const running = new WeakMap(); // form → the request on its way
const timers = new WeakMap();
const clashing = new WeakSet();
const sheet = document.querySelector("[data-sheet-revision]");
let others = false;

const content = (form) => {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  data.delete("revision");
  return JSON.stringify([...data.entries()]);
};
const dirty = (form) => content(form) !== saved.get(form);
const place = (form) => `return:${form.action.split("/").at(-2)}:${document.querySelector("h1").textContent}`;
const keep = (form) => {
  try {
    if (dirty(form)) sessionStorage.setItem(place(form), content(form));
    else sessionStorage.removeItem(place(form));
  } catch {
    // A browser without storage loses only what it could not send before it was closed.
  }
};
const fill = (form, entries) => {
  const given = new Map(entries);
  for (const field of form.elements) {
    if (!field.name || ["csrfmiddlewaretoken", "revision"].includes(field.name)) continue;
    if (field.type === "checkbox") field.checked = given.get(field.name) === field.value;
    else field.value = given.get(field.name) ?? "";
  }
};
const state = (form, text, bad = false) => {
  const line = form.querySelector("[data-state]");
  line.textContent = text;
  line.classList.toggle("bad", bad);
};

function showErrors(form, errors) {
  for (const line of form.querySelectorAll("[data-error]")) {
    const text = errors[line.dataset.error] ?? "";
    line.textContent = text;
    line.hidden = !text;
    form.elements[line.dataset.error]?.toggleAttribute("aria-invalid", Boolean(text));
    if (text) form.elements[line.dataset.error]?.setAttribute("aria-invalid", "true");
  }
}

function showProblems(form, problems) {
  const list = form.querySelector("[data-problems]");
  list.replaceChildren(
    ...problems.map((item) => {
      const line = document.createElement("li");
      line.className = item.severity;
      const mark = document.createElement("span");
      mark.textContent = item.severity === "stop" ? "✕" : "△";
      mark.setAttribute("aria-hidden", "true");
      const id = document.createElement("code");
      id.textContent = item.check;
      line.append(mark, " ", item.text, " ", id);
      return line;
    }),
  );
  const explain = form.querySelector("[data-explain]");
  if (problems.some((item) => item.severity === "warn")) explain.hidden = false;
}

function showClash(form, answer) {
  clashing.add(form);
  const box = form.querySelector("[data-clash]");
  const head = document.createElement("p");
  head.textContent = answer.error;
  const label = document.createElement("p");
  label.className = "label";
  label.textContent = say("theirs");
  const theirs = document.createElement("p");
  const figures = Object.entries(answer.theirs.values)
    .filter(([name, value]) => /^[pc]:/.test(name) && value)
    .map(([name, value]) => `${say(name[0] === "p" ? "period" : "total")} ${value}`);
  theirs.textContent = [answer.theirs.values.progress, ...figures].filter(Boolean).join(" · ") || say("nothing");
  const mine = document.createElement("button");
  const other = document.createElement("button");
  for (const [button, text] of [[mine, say("keep_mine")], [other, say("take_theirs")]]) {
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = text;
  }
  const settle = () => {
    clashing.delete(form);
    box.hidden = true;
    form.elements.revision.value = answer.revision;
  };
  mine.onclick = () => {
    settle();
    save(form, true);
  };
  other.onclick = () => {
    settle();
    const { values, done, no_change: same } = answer.theirs;
    fill(form, [...Object.entries(values), ["done", done ? "1" : ""], ["no_change", same ? "1" : ""]]);
    saved.set(form, content(form));
    keep(form);
    state(form, "");
  };
  box.replaceChildren(head, label, theirs, mine, " ", other);
  box.hidden = false;
}

function accept(form, sent, answer) {
  form.elements.revision.value = answer.revision;
  if (form.elements.no_change.checked && content(form) === sent) {
    for (const [name, value] of Object.entries(answer.values)) if (form.elements[name]) form.elements[name].value = value;
    saved.set(form, content(form));
  } else saved.set(form, sent);
  showErrors(form, {});
  showProblems(form, answer.problems);
  state(form, say("saved", { at: answer.at }));
  const line = document.querySelector("[data-progress-line]");
  if (line) line.textContent = say("progress", { n: answer.touched, total: forms.length + document.querySelectorAll(".entry.locked").length });
  // Only our own saves may carry the sheet's revision on; somebody else's must be noticed when it is handed in.
  const before = Number(sheet.value);
  if (answer.sheet === before || answer.sheet === before + 1) sheet.value = answer.sheet;
  else if (!others) {
    others = true;
    state(form, say("others"), true);
  }
}

async function send(form) {
  const sent = content(form);
  state(form, say("saving"));
  try {
    const body = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    const said = await answer.json();
    if (answer.ok) accept(form, sent, said);
    else {
      showErrors(form, said.errors ?? {});
      if (said.theirs) showClash(form, said);
      state(form, said.error || say("look"), true);
    }
    return answer.ok;
  } catch {
    state(form, say("offline"), true);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 8000));
    return false;
  } finally {
    keep(form);
  }
}

function save(form, force = false) {
  // One request at a time for each row: the next one needs the revision that this one brings.
  clearTimeout(timers.get(form));
  const before = running.get(form) ?? Promise.resolve(true);
  const after = before.then((ok) => (clashing.has(form) ? false : dirty(form) || force ? send(form) : ok));
  running.set(form, after);
  return after;
}

const amount = (text) => {
  const number = Number(text.normalize("NFKC").replaceAll(",", "").trim());
  return text.trim() && Number.isFinite(number) ? number : null;
};
function propose(field) {
  const box = field.closest("[data-figure]");
  if (!("adds" in box.dataset)) return;
  const period = amount(field.value);
  const total = box.querySelector("[data-total]");
  if (period === null || (total.value && total.dataset.proposed !== total.value)) return;
  total.value = String(Number((Number(box.dataset.adds || 0) + period).toFixed(6)));
  total.dataset.proposed = total.value;
}

for (const form of forms) {
  saved.set(form, content(form));
  if (form.querySelector("[aria-invalid]")) saved.set(form, "");
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-period]")) propose(event.target);
    keep(form);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), WAIT));
  });
  form.addEventListener("change", () => save(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
  let words = null;
  try {
    words = sessionStorage.getItem(place(form));
  } catch {
    words = null;
  }
  if (words && words !== content(form)) {
    fill(form, JSON.parse(words));
    state(form, say("kept"));
    save(form);
  }
}

for (const form of document.querySelectorAll("form[data-flush], form[data-upload]")) {
  form.addEventListener("submit", async (event) => {
    if (!forms.some(dirty)) return;
    event.preventDefault();
    const done = await Promise.all(forms.filter(dirty).map((item) => save(item)));
    const left = forms.find(dirty);
    if (done.every(Boolean) && !left) form.submit();
    else left?.scrollIntoView({ block: "center" });
  });
}
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.querySelector("input[type=file]").addEventListener("change", () => form.requestSubmit());
  form.querySelector("button").hidden = true;
}
window.addEventListener("beforeunload", (event) => {
  if (forms.some(dirty)) event.preventDefault();
});
