// The import workbench, last part: moving through the grid, keys and buttons, filters, and the start.
(() => {
  const wb = workbench;
  const grid = wb.$("grid");
  let at = null; // {uid, field}
  let inserting = false; // the new row is on its way: what is typed now is meant for it, not for the grid

  const fields = (row) => [...row.querySelectorAll("[data-field]")].filter((cell) => cell.offsetParent !== null);
  wb.focused = () => (at && wb.row(at.uid) ? { ...at, active: grid.contains(document.activeElement) } : null);
  const mark = (uid, field) => {
    for (const cell of grid.querySelectorAll('[role=gridcell][tabindex="0"]')) cell.tabIndex = -1;
    grid.querySelector("tr.current")?.classList.remove("current");
    const row = wb.row(uid);
    const cell = row?.querySelector(`[data-field="${field}"]`) ?? row?.querySelector('[data-field="text"]');
    if (!cell) return null;
    at = { uid, field: cell.dataset.field };
    row.classList.add("current");
    cell.tabIndex = 0;
    wb.session.set("at", at);
    wb.tell("focus", uid);
    return cell;
  };
  wb.focus = (uid, field) => {
    const cell = mark(uid, field);
    if (!cell || document.querySelector("dialog[open]")) return;
    cell.focus({ preventScroll: true });
    cell.closest("tr").scrollIntoView({ block: "nearest" });
  };
  // After rows were replaced the focus goes back to where it was, if it was in the grid.
  wb.restore = ({ uid, field, active }) => {
    if (wb.editor) return;
    if (active || document.activeElement === document.body) wb.focus(uid, field);
    else mark(uid, field);
  };
  wb.step = (uid, field, step) => {
    const cells = fields(wb.row(uid));
    const place = cells.findIndex((cell) => cell.dataset.field === field) + step;
    if (cells[place]) return wb.focus(uid, cells[place].dataset.field);
    const rows = wb.shown();
    const next = rows[rows.indexOf(wb.row(uid)) + step];
    return next && wb.focus(next.dataset.uid, fields(next).at(step > 0 ? 0 : -1).dataset.field);
  };
  const move = (step) => {
    const rows = wb.shown();
    const place = rows.indexOf(wb.row(at?.uid)) + step;
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (row) wb.focus(row.dataset.uid, at?.field ?? "text");
  };
  const problem = (step) => {
    const rows = wb.shown();
    const start = rows.indexOf(wb.row(at?.uid));
    for (let n = 1; n <= rows.length; n += 1) {
      const row = rows[(start + step * n + rows.length * 2) % rows.length];
      if (Number(row.dataset.open)) return wb.focus(row.dataset.uid, "text");
    }
    return wb.notice(wb.say("no_problem"));
  };

  // --- what a key or a button does
  const own = () => ({ measure: at.uid, revision: wb.seen(at.uid) });
  const beside = (uid, step) => {
    const rows = wb.all();
    return rows[rows.indexOf(wb.row(uid)) + step];
  };
  const place = (uid) => wb.all().indexOf(wb.row(uid)) + 1;
  const acts = {
    undo: () => wb.send({ op: "undo" }, { address: "undo" }),
    redo: () => wb.send({ op: "redo" }, { address: "redo" }),
    edit: () => at && wb.edit(at.uid, at.field),
    split: () => at && wb.edit(at.uid, "text", { split: true }),
    merge() {
      const next = at && beside(at.uid, 1);
      if (!next) return wb.notice(wb.say("last_row"));
      const { uid, revision } = next.dataset;
      return wb.send({ op: "merge", ...own(), with: uid, with_revision: Number(revision) });
    },
    async insert() {
      const known = new Set(wb.all().map((row) => row.dataset.uid));
      inserting = true;
      const { ok } = await wb.send({ op: "insert", after: at?.uid ?? null, value: { text: wb.say("new_row") } });
      inserting = false;
      const made = ok && wb.all().find((row) => !known.has(row.dataset.uid));
      if (!made) return;
      wb.focus(made.dataset.uid, "text");
      wb.edit(made.dataset.uid, "text");
      wb.editor?.box.querySelector("textarea").select();
    },
    up: () => shift(-1),
    down: () => shift(1),
    join: () => at && wb.send({ op: "join", ...own() }),
    async delete() {
      if (!at) return;
      const n = wb.number(wb.row(at.uid));
      const { ok } = await wb.send({ op: "delete", ...own() });
      if (ok) wb.notice(wb.say("deleted_row", { n }));
    },
    targets() {
      if (!at) return;
      wb.targets(at.uid);
      wb.selectedIn(wb.row(at.uid));
    },
    // 同上: the cell says what the cell above says.
    same() {
      const above = at && beside(at.uid, -1);
      if (!above) return wb.notice(wb.say("first_row"));
      return put(wb.cell(above.dataset.uid, at.field));
    },
    empty: () => at && put(null),
    section: () => at && wb.section(at.uid, false),
    restore: () => at && wb.send({ op: "restore_reading", ...own() }),
    accept: () => at && wb.send({ op: "accept", rule: null, measure: at.uid, accepted: true }),
    next: () => problem(1),
    previous: () => problem(-1),
    clear: () => wb.filter({ rule: "", q: "", open: false }),
    "clear-rule": () => wb.filter({ rule: "" }),
    help: () => wb.$("dialog-help").showModal(),
    filter: () => wb.$("filter-q").focus(),
  };
  const ROLES = ["lead", "responsible", "support", "inherited"];
  const put = (cell) => {
    if (at.field === "text" || at.field === "flags") return wb.notice(wb.say("not_this_cell"));
    const units = () => [...(cell?.querySelectorAll(".w-name") ?? [])].map(({ dataset }) => dataset);
    const words = cell?.dataset.value ?? "";
    const value = ROLES.includes(at.field)
      ? units().map((one) => ({ name: one.name, as_printed: one.printed, unit: one.unit || null }))
      : at.field === "seq" ? (words && Number(words)) || null : words;
    return wb.send({ op: "set", ...own(), field: at.field, value });
  };
  const shift = (step) => {
    if (!at) return null;
    if (!beside(at.uid, step)) return wb.notice(wb.say(step > 0 ? "last_row" : "first_row"));
    return wb.send({ op: "move", ...own(), to: place(at.uid) + step });
  };
  const across = (step) => at && wb.step(at.uid, at.field, step);
  const keys = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    PageDown: () => move(10), PageUp: () => move(-10), "Ctrl+Home": () => move(-1e6), "Ctrl+End": () => move(1e6),
    l: () => across(1), ArrowRight: () => across(1), h: () => across(-1), ArrowLeft: () => across(-1),
    Enter: acts.edit, e: acts.edit, F2: acts.edit, n: acts.next, p: acts.previous, a: acts.accept, s: acts.split,
    m: acts.merge, g: acts.join, o: acts.insert, t: acts.targets, c: acts.section, "Shift+Delete": acts.delete,
    d: acts.same, Delete: acts.empty,
    "Alt+ArrowUp": acts.up, "Alt+ArrowDown": acts.down,
    u: acts.undo, "Ctrl+z": acts.undo, "Shift+U": acts.redo, "Ctrl+y": acts.redo, "Ctrl+Shift+Z": acts.redo,
    "/": acts.filter, "?": acts.help, "Shift+?": acts.help, Escape: acts.clear,
  };
  // Full-width keys of a Chinese input method mean the same.
  const PLAIN = { "、": "/", "／": "/", "？": "?" };
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return null;
    if (wb.editor && target === document.body) return wb.editor.box.querySelector("input, textarea").focus();
    const typing = target.closest("input, textarea, select");
    if (typing && !(target.id === "filter-q" && event.key === "Escape")) return null;
    if (target.closest("button, summary, a") && ["Enter", " "].includes(event.key)) return null;
    if (target.closest(".wb-print, .wb-splitter") && event.key.startsWith("Arrow")) return null;
    const key = PLAIN[event.key] ?? (event.key === "Process" ? event.code.replace("Key", "").toLowerCase() : event.key);
    const held = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}`;
    const act = keys[held + key];
    if (!act || inserting) return null;
    event.preventDefault();
    if (target.id === "filter-q") target.blur();
    return act();
  });
  document.addEventListener("click", ({ target }) => {
    const row = target.closest("tr[data-uid]");
    const button = target.closest("[data-do], [data-take], .w-target");
    if (button?.closest(".w-editor, #target-list")) return;
    if (row && grid.contains(row)) {
      const field = target.closest("[data-field]")?.dataset.field ?? "text";
      if (at?.uid !== row.dataset.uid || at.field !== field) {
        if (wb.editor && wb.editor.cell !== target.closest("[data-field]") && !wb.editor.save()) return;
        if (String(getSelection()) === "") wb.focus(row.dataset.uid, field);
        else mark(row.dataset.uid, field);
      }
    }
    if (!button) return;
    if (button.dataset.do === "section-all") wb.section(button.closest("tr").dataset.first, true);
    else if (button.dataset.take) {
      const field = button.closest("[data-conflict]").dataset.conflict;
      wb.send({ op: "conflict", ...own(), field, take: button.dataset.take });
    } else if (button.dataset.index) wb.targets(row.dataset.uid, Number(button.dataset.index));
    else {
      if (wb.editor && !wb.editor.save()) return;
      acts[button.dataset.do]?.();
    }
  });
  grid.addEventListener("dblclick", ({ target }) => {
    const cell = target.closest("[data-field]");
    if (cell && !target.closest(".w-editor, button")) wb.edit(cell.closest("tr").dataset.uid, cell.dataset.field);
  });
  grid.addEventListener("focusin", ({ target }) => {
    if (target.matches("[role=gridcell]") && target.dataset.field !== at?.field) mark(target.closest("tr").dataset.uid, target.dataset.field);
  });

  // --- filters, kept in the address
  const chosen = { q: "", rule: "", open: false };
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  wb.filter = (change = {}) => {
    if (wb.editor && !wb.editor.save()) return;
    Object.assign(chosen, change);
    wb.$("filter-q").value = chosen.q;
    wb.$("filter-open").checked = chosen.open;
    wb.$("filter-rule").hidden = !chosen.rule;
    wb.$("filter-rule").querySelector("code").textContent = chosen.rule;
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(chosen)) {
      if (value) address.searchParams.set(name, value === true ? "1" : value);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
    apply();
    const rows = wb.shown();
    if (at && rows.length && !rows.includes(wb.row(at.uid))) mark(rows[0].dataset.uid, at.field);
    else if (at) wb.row(at.uid)?.scrollIntoView({ block: "nearest" });
  };
  const apply = () => {
    const wanted = plain(chosen.q);
    const rows = wb.all();
    for (const row of rows) {
      const rule = !chosen.rule || row.dataset.rules.split(" ").includes(chosen.rule);
      const open = !chosen.open || Number(row.dataset.open) > 0;
      row.hidden = !(rule && open && (!wanted || plain(row.textContent).includes(wanted)));
    }
    const shown = wb.shown().length;
    const filtered = chosen.q || chosen.rule || chosen.open;
    wb.$("found").textContent = filtered ? wb.say("found", { n: shown, total: rows.length }) : "";
    wb.$("nothing").hidden = shown > 0 || rows.length === 0;
    wb.regroup();
  };
  // A repaired row stays in sight until the filter is asked again, so that one sees what one did.
  wb.$("filter").addEventListener("submit", (event) => event.preventDefault());
  wb.$("filter-q").addEventListener("input", ({ target }) => wb.filter({ q: target.value }));
  wb.$("filter-q").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const row = wb.shown()[0];
    if (row) wb.focus(row.dataset.uid, at?.field ?? "text");
  });
  wb.$("filter-open").addEventListener("change", ({ target }) => wb.filter({ open: target.checked }));

  // --- the start: where one was, what was not saved
  const scroll = wb.$("scroll");
  scroll.addEventListener("scroll", () => wb.session.set("scroll", scroll.scrollTop), { passive: true });
  wb.regroup();
  const asked = new URL(location.href).searchParams;
  wb.filter({ q: asked.get("q") ?? "", rule: asked.get("rule") ?? "", open: asked.get("open") === "1" });
  // An address may point at a row (#r…), as the page of comments does.
  const pointed = location.hash.slice(2);
  const last = wb.row(pointed) ? { uid: pointed, field: "text" } : wb.session.get("at");
  const first = wb.shown().find((row) => Number(row.dataset.open)) ?? wb.shown()[0];
  const start = last && wb.row(last.uid) ? last : first && { uid: first.dataset.uid, field: "text" };
  if (start) {
    mark(start.uid, start.field)?.focus({ preventScroll: true });
    if (last && start === last && !pointed) scroll.scrollTop = wb.session.get("scroll") ?? 0;
    else wb.row(start.uid).scrollIntoView({ block: "nearest" });
  }
  // Every part listens now; until here a click or a key would be lost.
  wb.root.removeAttribute("aria-busy");
  wb.resume().then(wb.reopen);
})();
