// The import workbench, first part: what all parts share. Scripts are plain and deferred, in the order of the page, so
// that every one of them carries its version in its address; each adds to the one object below. docs/workbench.md
const workbench = (() => {
  const root = document.getElementById("workbench");
  const words = JSON.parse(document.getElementById("words").textContent);
  const plan = root.dataset.plan;
  const wb = {
    root,
    plan,
    revision: Number(root.dataset.revision),
    rows: document.getElementById("rows"),
    editor: null, // the open editor, see workbench-edit.js
  };

  wb.$ = (id) => document.getElementById(id);
  wb.url = (name) => root.dataset.home.replace(/review\/$/, `${name}/`);
  wb.say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  wb.clone = (id) => wb.$(id).content.firstElementChild.cloneNode(true);
  wb.row = (uid) => wb.$(`r${uid}`);
  wb.all = () => [...wb.rows.querySelectorAll("tr[data-uid]")];
  wb.shown = () => wb.all().filter((row) => !row.hidden);
  wb.number = (row) => row.querySelector(".w-n").textContent;
  wb.cell = (uid, field) => wb.row(uid)?.querySelector(`[data-field="${field}"]`);
  wb.time = (when) => new Date(when).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  wb.notice = (text, bad = false) => {
    const line = wb.$("notice");
    clearTimeout(wb.notice.timer);
    line.textContent = text;
    line.hidden = !text;
    line.classList.toggle("bad", bad);
    if (text && !bad) wb.notice.timer = setTimeout(() => (line.hidden = true), 6000);
  };

  // What survives a crash or a reload. A browser that forbids storage costs the drafts, not the work.
  const key = (name) => `lantian:${plan}:${name}`;
  const within = (store) => ({
    get(name) {
      try {
        return JSON.parse(store().getItem(key(name)));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) store().removeItem(key(name));
        else store().setItem(key(name), JSON.stringify(value));
      } catch {
        // full or forbidden
      }
    },
    names(prefix) {
      try {
        const start = key(prefix);
        return Object.keys(store()).filter((name) => name.startsWith(start)).map((name) => name.slice(key("").length));
      } catch {
        return [];
      }
    },
  });
  wb.kept = within(() => localStorage);
  wb.session = within(() => sessionStorage);

  // The cookie's token is the newer one where the person logged in again in another window.
  const token = () =>
    /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

  // One request; answers {ok, status, data}. Status 0: no answer came.
  wb.ask = async (address, body) => {
    const options = { headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" };
    if (body !== undefined) {
      options.method = "POST";
      options.body = JSON.stringify(body);
      options.headers["Content-Type"] = "application/json";
      options.headers["X-CSRFToken"] = token();
    }
    try {
      const answer = await fetch(address, options);
      if (answer.type === "opaqueredirect") return { ok: false, status: 401, data: {} };
      const json = answer.headers.get("Content-Type")?.includes("json");
      return { ok: answer.ok, status: answer.status, data: json ? await answer.json() : { html: await answer.text() } };
    } catch {
      return { ok: false, status: 0, data: {} };
    }
  };

  const handlers = {};
  wb.on = (name, handler) => (handlers[name] ??= []).push(handler);
  wb.tell = (name, ...values) => (handlers[name] ?? []).forEach((handler) => handler(...values));

  // Rows come from the server as HTML; here they are put into place.
  const parse = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };
  wb.put = (rows, removed = [], order = null) => {
    const focus = wb.focused?.();
    const next = focus && removed.includes(focus.uid) ? wb.neighbour(focus.uid) : null;
    for (const uid of removed) wb.row(uid)?.remove();
    for (const { uid, html } of rows) {
      const fresh = parse(html);
      const old = wb.row(uid);
      if (old) old.replaceWith(fresh);
      else wb.rows.append(fresh);
    }
    if (order) wb.reorder(order);
    wb.regroup();
    wb.tell("rows", rows.map((row) => row.uid));
    if (focus) wb.restore(next ? { ...focus, uid: next } : focus);
  };
  wb.neighbour = (uid) => {
    const rows = wb.shown();
    const at = rows.findIndex((row) => row.dataset.uid === uid);
    return (rows[at + 1] ?? rows[at - 1])?.dataset.uid ?? null;
  };
  // A row that is moved loses the focus within it, so rows move only where their order changed, and it is given back.
  wb.reorder = (order) => {
    const current = wb.all().map((row) => row.dataset.uid);
    const active = document.activeElement;
    const caret = active?.matches("textarea, input[type=text]") ? [active.selectionStart, active.selectionEnd] : null;
    const move = current.join() !== order.join();
    order.forEach((uid, place) => {
      const row = wb.row(uid);
      if (!row) return;
      if (move) wb.rows.append(row);
      row.querySelector(".w-n").textContent = place + 1;
    });
    if (active === document.activeElement || !wb.rows.contains(active)) return;
    active.focus({ preventScroll: true });
    if (caret) active.setSelectionRange(...caret);
  };

  // Section lines between the rows, and tasks that repeat the row above.
  wb.regroup = () => {
    for (const line of wb.rows.querySelectorAll("tr.section")) line.remove();
    let section = null;
    let group = null;
    const inherited = wb.$("grid").classList.contains("has-inherited");
    wb.all().forEach((row, place) => {
      row.setAttribute("aria-rowindex", place + 2);
      if (row.hidden) return;
      const opens = row.dataset.section !== section;
      if (opens) {
        section = row.dataset.section;
        group = null;
        if (section) {
          const line = wb.clone("section-row");
          line.querySelector("span").textContent = section;
          line.dataset.first = row.dataset.uid;
          line.firstElementChild.colSpan = inherited ? 10 : 9;
          row.before(line);
        }
      }
      row.classList.toggle("same", row.dataset.group === group);
      group = row.dataset.group;
    });
    wb.$("no-rows")?.toggleAttribute("hidden", wb.all().length > 0);
  };
  return wb;
})();
