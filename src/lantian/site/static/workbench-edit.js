// The import workbench: editing a cell in its place. One editor is open at a time; what is typed is kept at once.
(() => {
  const wb = workbench;
  const ROLES = ["lead", "responsible", "support", "inherited"];
  const draftName = (uid, field) => `draft:${uid}:${field}`;

  // options: {value, revision} for words that were typed before; {split: true} to place the caret for splitting.
  wb.edit = (uid, field, options = {}) => {
    const cell = wb.cell(uid, field);
    if (!cell || field === "flags") return;
    if (wb.editor && !wb.editor.save()) return;
    const make = ROLES.includes(field) ? wb.unitEditor : field === "text" ? textEditor : lineEditor;
    const box = wb.clone(ROLES.includes(field) ? "edit-units" : field === "text" ? "edit-text" : "edit-line");
    const editor = {
      uid,
      field,
      box,
      cell,
      revision: options.revision ?? wb.seen(uid),
      was: [...cell.childNodes],
      fail(text) {
        const line = box.querySelector(".field-error");
        line.textContent = text;
        line.hidden = !text;
        box.querySelector("input, textarea").setAttribute("aria-invalid", text ? "true" : "false");
      },
      draft() {
        const value = editor.value();
        const changed = JSON.stringify(value) !== JSON.stringify(editor.original);
        wb.kept.set(draftName(uid, field), changed ? { value, revision: editor.revision, at: Date.now() } : null);
      },
      close(focus = true) {
        if (wb.editor === editor) wb.editor = null;
        editor.dead = true;
        if (cell.isConnected) cell.replaceChildren(...editor.was);
        cell.classList.remove("editing");
        wb.tell("closed", uid);
        if (focus) wb.focus(uid, field);
      },
      cancel() {
        wb.kept.set(draftName(uid, field), null);
        editor.close();
      },
      // Sends what was typed and closes; false where it cannot be sent as it is.
      save(then = () => {}) {
        const value = editor.value();
        if (JSON.stringify(value) === JSON.stringify(editor.original) && !editor.always?.()) {
          editor.cancel();
          then();
          return true;
        }
        if (editor.check && !editor.check(value)) return false;
        editor.draft();
        const operation = { op: "set", measure: uid, revision: editor.revision, field, value };
        if (editor.group?.()) operation.group = true;
        editor.close();
        cell.classList.add("saving");
        wb.send(operation, { quiet: true }).then((answer) => saved(operation, answer, then));
        return true;
      },
    };
    cell.replaceChildren(box);
    cell.classList.add("editing");
    wb.editor = editor;
    make(editor, options);
    box.addEventListener("input", () => editor.draft());
    box.querySelector("[data-edit=save]").onclick = () => editor.save();
    box.querySelector("[data-edit=cancel]").onclick = () => editor.cancel();
    cell.scrollIntoView({ block: "nearest" });
    return editor;
  };

  const saved = (operation, { ok, status, data }, then) => {
    const { measure: uid, field, value } = operation;
    wb.cell(uid, field)?.classList.remove("saving");
    if (ok) then();
    else if (status === 422) {
      const editor = wb.edit(uid, field, { value, revision: wb.seen(uid) });
      editor?.fail(data.message);
    }
  };
  const keys = (editor, input, extra = {}) =>
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return; // the input method is still choosing characters
      event.stopPropagation();
      const name = `${event.altKey ? "Alt+" : ""}${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key}`;
      const act =
        extra[name] ??
        {
          Escape: () => editor.cancel(),
          Enter: () => editor.save(),
          "Ctrl+Enter": () => editor.save(),
          Tab: () => editor.save() && wb.step(editor.uid, editor.field, 1),
          "Shift+Tab": () => editor.save() && wb.step(editor.uid, editor.field, -1),
        }[name];
      if (act && act() !== "as usual") event.preventDefault();
    });
  wb.editorKeys = keys;

  function lineEditor(editor, options) {
    const { box, cell, field } = editor;
    const input = box.querySelector("input[type=text]");
    const tick = box.querySelector(".w-group-tick");
    input.value = options.value ?? cell.dataset.value;
    input.setAttribute("aria-label", cell.dataset.label);
    if (field === "seq") input.inputMode = "numeric";
    const row = cell.closest("tr");
    const group = wb.all().filter((other) => same(other, row));
    if (["task", "seq"].includes(field) && group.length > 1) {
      tick.hidden = false;
      tick.querySelector("span").textContent = wb.say("group_tick", { n: group.length });
      tick.querySelector("input").checked = true;
      editor.group = () => tick.querySelector("input").checked;
    }
    const number = (text) => (text.trim() === "" ? null : Number(text.trim()));
    editor.value = () => (field === "seq" ? number(input.value) : input.value.trim());
    editor.original = field === "seq" ? number(cell.dataset.value) : cell.dataset.value;
    editor.check = (value) => {
      if (field !== "seq" || value === null || (Number.isInteger(value) && value > 0)) return true;
      editor.fail(wb.say("seq_number"));
      return false;
    };
    keys(editor, input);
    input.focus();
    input.select();
  }
  // Rows of one printed group stand together and share section, number and task.
  const same = (row, other) => {
    if (row.dataset.group !== other.dataset.group || row.dataset.section !== other.dataset.section) return false;
    const rows = wb.all();
    const [from, to] = [rows.indexOf(row), rows.indexOf(other)].sort((a, b) => a - b);
    return rows.slice(from, to).every((between) => between.dataset.group === row.dataset.group);
  };

  function textEditor(editor, options) {
    const { box, cell, uid } = editor;
    const input = box.querySelector("textarea");
    input.value = options.value ?? cell.dataset.value;
    input.setAttribute("aria-label", cell.dataset.label);
    editor.value = () => input.value.replace(/\r/g, "").split("\n").map((part) => part.trim()).filter(Boolean).join("\n");
    editor.original = cell.dataset.value;
    const fit = () => (input.rows = Math.max(3, Math.min(16, Math.ceil(input.value.length / 22) + input.value.split("\n").length)));
    const mode = (split) => {
      editor.splitting = split;
      for (const hint of box.querySelectorAll("[data-mode]")) hint.hidden = (hint.dataset.mode === "split") !== split;
      input.classList.toggle("splitting", split);
    };
    // The text of the row has no line breaks: a place in it is a place in the field less the breaks before it.
    const splitHere = () => {
      const words = editor.value();
      const at = words.slice(0, input.selectionStart).replace(/\n/g, "").length;
      if (at <= 0 || at >= words.replace(/\n/g, "").length) {
        editor.fail(wb.say("split_where"));
        return;
      }
      const cut = () => wb.send({ op: "split", measure: uid, revision: wb.seen(uid), at }).then(() => wb.focus(uid, "text"));
      editor.save(cut);
    };
    // In splitting, j and k go from sentence to sentence; the sentence that would open the new row is marked.
    const starts = () => {
      const places = [...input.value.matchAll(/[。！？；;!?][”’）)]*\n?|\n/g)].map((end) => end.index + end[0].length);
      return places.filter((place) => input.value.slice(place).trim());
    };
    const mark = (place) => {
      const next = starts().find((other) => other > place) ?? input.value.length;
      input.setSelectionRange(place, next);
    };
    const sentence = (step) => () => {
      if (!editor.splitting) return "as usual";
      const places = starts();
      const at = input.selectionStart;
      const next = step > 0 ? places.find((place) => place > at) : places.findLast((place) => place < at);
      if (places.length) mark(next ?? places.at(step > 0 ? 0 : -1));
      return undefined;
    };
    input.addEventListener("beforeinput", (event) => editor.splitting && event.preventDefault());
    input.addEventListener("input", fit);
    const orElse = (act) => () => (editor.splitting ? act() : "as usual");
    keys(editor, input, {
      Enter: () => (editor.splitting ? splitHere() : editor.save()),
      s: orElse(splitHere),
      j: sentence(1),
      ArrowDown: sentence(1),
      k: sentence(-1),
      ArrowUp: sentence(-1),
      "Shift+Enter": () => "as usual",
    });
    input.addEventListener("keydown", (event) => event.altKey && event.key === "s" && (event.preventDefault(), splitHere()));
    box.querySelector("[data-edit=split]").onclick = () => splitHere();
    fit();
    mode(Boolean(options.split));
    input.focus();
    if (options.split) mark(input.value.indexOf("\n") + 1 || starts()[0] || 0);
    else input.setSelectionRange(input.value.length, input.value.length);
  }

  // Words that were being typed when the page went away: the first opens again, the others one after the other.
  wb.reopen = () => {
    const lost = wb.kept.names("draft:").map((name) => ({ name, ...wb.kept.get(name) }));
    const there = [];
    for (const draft of lost) {
      const [, uid, field] = draft.name.split(":");
      if (wb.cell(uid, field)) there.push({ ...draft, uid, field });
      else {
        wb.notice(wb.say("row_gone", { words: wb.mine({ value: draft.value }) }), true);
        wb.kept.set(draft.name, null);
      }
    }
    const [first, ...others] = there.sort((a, b) => b.at - a.at);
    if (!first) return;
    wb.edit(first.uid, first.field, { value: first.value, revision: first.revision });
    const more = others.length ? ` ${wb.say("kept_more", { n: others.length })}` : "";
    wb.notice(wb.say("kept", { time: wb.time(first.at) }) + more, true);
  };
})();
