// The import workbench: the targets of a row, and its section, in dialogs.
(() => {
  const wb = workbench;
  const FIGURES = ["value", "value_max", "stretch"];
  const dialog = wb.$("dialog-targets");
  const form = wb.$("target-form");
  const text = wb.$("target-words");
  let uid = null;
  let index = null; // of the shown target; null: a new one
  let base = {};

  const chips = () => [...wb.row(uid).querySelectorAll(".w-target")];
  const rowText = () => wb.cell(uid, "text").dataset.value.replace(/\n/g, "");

  wb.targets = (row, chosen = 0) => {
    uid = row;
    text.value = rowText();
    if (!dialog.open) dialog.showModal();
    list(chosen);
  };
  const list = (chosen) => {
    const copies = chips().map((chip, place) => {
      const copy = chip.cloneNode(true);
      copy.tabIndex = 0;
      copy.onclick = () => list(place);
      copy.setAttribute("aria-pressed", place === chosen ? "true" : "false");
      return copy;
    });
    wb.$("target-list").replaceChildren(...copies);
    if (!copies.length) wb.$("target-list").textContent = wb.say("no_target");
    const chip = copies[chosen];
    form.hidden = !chip;
    if (chip) fill(JSON.parse(chip.dataset.target), chosen);
    wb.$("target-delete").hidden = !chip;
  };
  const fill = (target, place) => {
    index = place;
    base = target;
    fail("");
    wb.$("target-phrase").textContent = target.text;
    for (const field of form.elements) {
      if (field.name) field.value = field.name === "scope" ? target.scope.join("、") : target[field.name] ?? "";
    }
    if (target.span) {
      text.focus();
      text.setSelectionRange(...target.span);
    }
    wb.$("t-subject").focus();
  };
  const fail = (message, name) => {
    const line = form.querySelector(".field-error");
    line.textContent = message;
    line.hidden = !message;
    for (const field of form.elements) field.removeAttribute("aria-invalid");
    if (name && form.elements[name]) {
      form.elements[name].setAttribute("aria-invalid", "true");
      form.elements[name].focus();
    }
  };
  const given = () => {
    const value = { ...base };
    delete value.edited;
    for (const field of form.elements) {
      if (!field.name) continue;
      const typed = field.value.trim();
      if (field.name === "scope") value.scope = typed.split(/[、，,；;\s]+/).filter(Boolean);
      else if (["subject", "kind", "strength"].includes(field.name)) value[field.name] = typed;
      else value[field.name] = typed || null;
    }
    return value;
  };
  const change = async (value, place) => {
    const operation = { op: "target", measure: uid, revision: wb.seen(uid), index: place, value };
    const { ok, data } = await wb.send(operation, { quiet: true });
    if (!ok) return fail(data.message ?? "", data.field);
    const left = chips().length;
    if (!left) dialog.close();
    else list(place === null ? Math.max(0, chips().findIndex((chip) => chip.title === value.text)) : Math.min(place, left - 1));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = given();
    for (const name of FIGURES) {
      const figure = value[name]?.replace(/[,，]/g, "");
      if (figure && !/^[-+]?\d+(\.\d+)?$/.test(figure)) {
        const field = form.querySelector(`label[for=t-${name}]`).textContent;
        return fail(wb.say("number_needed", { field }), name);
      }
      value[name] = figure || null;
    }
    return change(value, index);
  });
  wb.$("target-delete").onclick = () => (index === null ? list(0) : change(null, index));
  // The grammar reads the words; where it finds no target in them, the form is filled in by hand.
  wb.$("target-new").onclick = async () => {
    const [start, end] = [text.selectionStart, text.selectionEnd];
    const words = text.value.slice(start, end);
    if (!words.trim()) return wb.notice(wb.say("no_selection"), true);
    const place = { text: words, span: [start, end] };
    const operation = { op: "target", measure: uid, revision: wb.seen(uid), index: null, value: place };
    const { ok, data } = await wb.send(operation, { quiet: true });
    if (ok) return list(Math.max(0, chips().findIndex((chip) => chip.title === words)));
    form.hidden = false;
    wb.$("target-delete").hidden = true;
    for (const chip of wb.$("target-list").querySelectorAll("[aria-pressed]")) chip.setAttribute("aria-pressed", "false");
    const empty = Object.fromEntries([...form.elements].filter((f) => f.name).map((field) => [field.name, null]));
    fill({ ...empty, ...place, subject: "", kind: "count", strength: "hard", scope: [] }, null);
    return fail(data.message ?? "", "kind");
  };
  text.addEventListener("beforeinput", (event) => event.preventDefault());
  dialog.addEventListener("close", () => uid && wb.focus(uid, "text"));
  // Words marked in the table with the mouse are marked in the dialog, too.
  wb.selectedIn = (row) => {
    const words = String(getSelection()).replace(/\n/g, "");
    const at = words && row.contains(getSelection().anchorNode) ? rowText().indexOf(words) : -1;
    if (at >= 0) text.setSelectionRange(at, at + words.length);
    return at >= 0;
  };

  const section = wb.$("dialog-section");
  let chosen = null;
  wb.section = (row, whole) => {
    chosen = row;
    wb.$("section-field").value = wb.row(row).dataset.section;
    wb.$("section-group").checked = whole;
    const titles = new Set(wb.all().map((line) => line.dataset.section).filter(Boolean));
    wb.$("sections").replaceChildren(...[...titles].map((title) => new Option(title, title)));
    section.showModal();
    wb.$("section-field").select();
  };
  wb.$("section-form").addEventListener("submit", () => {
    const value = wb.$("section-field").value.trim();
    const group = wb.$("section-group").checked;
    if (value !== wb.row(chosen).dataset.section)
      wb.send({ op: "set", measure: chosen, revision: wb.seen(chosen), field: "section", value, group });
  });
  section.addEventListener("close", () => wb.focus(chosen, "text"));
})();
