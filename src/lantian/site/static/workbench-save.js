// The import workbench: sending operations one after the other, keeping those that could not be sent, meeting others'.
(() => {
  const wb = workbench;
  // Sent twice, these would be done twice: they are not repeated after a failure or a reload.
  const unsafe = (item) => Boolean(item.address) || item.operation.op === "insert";
  const queue = (wb.kept.get("queue") ?? []).filter((item) => !unsafe(item));
  const held = new Map(); // rows that came back while they were being edited
  const own = new Map(); // "uid:revision" → the revision that our own save made of it
  let sending = false;
  let stuck = 0;

  const bar = (state, text) => {
    const line = wb.$("save-state");
    const shape = { done: "✓", run: "▶", warn: "△", bad: "✕" }[state];
    line.className = `state state-${state}`;
    line.textContent = `${shape} ${text}`;
  };
  const show = () => {
    if (stuck) bar("warn", queue.length > 1 ? wb.say("waiting", { n: queue.length }) : wb.say("unsaved_short"));
    else if (queue.length) bar("run", wb.say("saving"));
    else bar("done", wb.say("saved"));
  };
  const keep = () => {
    wb.kept.set("queue", queue.length ? queue : null);
    show();
  };
  wb.idle = () => queue.length === 0;

  // Our own saves raise a row's revision; somebody else's must be noticed. So a revision is followed only through ours.
  const current = (uid, revision) => {
    let now = revision;
    while (own.has(`${uid}:${now}`)) now = own.get(`${uid}:${now}`);
    return now;
  };
  wb.seen = (uid) => Number(wb.row(uid)?.dataset.revision ?? 0);

  // operation: as docs/edits.md says, its revisions as they were seen; extra: {address: "undo"} or {quiet: true} (the
  // caller shows a refusal itself). Resolves to the answer.
  const waiting = new Map();
  let tickets = 0;
  wb.send = (operation, extra = {}) =>
    new Promise((resolve) => {
      const ticket = `${Date.now()}-${(tickets += 1)}`;
      queue.push({ ticket, operation, ...extra });
      waiting.set(ticket, resolve);
      keep();
      pump();
    });

  const prepared = (operation) => {
    const sent = { ...operation };
    if (sent.measure && sent.revision !== undefined) sent.revision = current(sent.measure, sent.revision);
    if (sent.with && sent.with_revision !== undefined) sent.with_revision = current(sent.with, sent.with_revision);
    return sent;
  };
  const pump = async () => {
    if (sending || !queue.length) return;
    sending = true;
    const item = queue[0];
    const sent = item.address ? {} : prepared(item.operation);
    const answer = await wb.ask(wb.url(item.address ?? "edit"), sent);
    sending = false;
    if (answer.status === 0 || answer.status === 401 || answer.status >= 500) {
      if (unsafe(item)) {
        settle(item, answer);
        wb.notice(wb.say("failed_insert"), true);
        wb.sync(true);
        return;
      }
      stuck += 1;
      if (answer.status === 401) wb.notice(wb.say("logged_out"), true);
      else if (stuck === 1) wb.notice(wb.say("unsaved"), true);
      keep();
      setTimeout(pump, Math.min(1000 * 2 ** stuck, 15000));
      return;
    }
    if (stuck) wb.notice("");
    stuck = 0;
    if (answer.ok) accept(answer.data, item.operation);
    settle(item, answer);
    if (!answer.ok) refuse(item, answer);
    pump();
  };
  const settle = (item, answer) => {
    queue.shift();
    keep();
    waiting.get(item.ticket)?.(answer);
    waiting.delete(item.ticket);
  };

  const accept = (data, operation) => {
    const missed = data.revision > wb.revision + 1;
    for (const { uid, revision } of data.rows) {
      const before = wb.seen(uid);
      if (revision === before + 1) own.set(`${uid}:${before}`, revision);
    }
    if (operation?.op === "set") wb.forget(operation);
    const open = (row) => wb.editor?.uid === row.uid;
    for (const row of data.rows.filter(open)) held.set(row.uid, row);
    wb.put(data.rows.filter((row) => !open(row)), data.removed, data.order);
    frame(data);
    if (missed) wb.sync(true);
    else wb.revision = Math.max(wb.revision, data.revision);
  };
  // What was typed is kept until exactly that is saved.
  wb.forget = ({ measure, field, value }) => {
    const name = `draft:${measure}:${field}`;
    if (JSON.stringify(wb.kept.get(name)?.value) === JSON.stringify(value)) wb.kept.set(name, null);
  };
  wb.on("closed", (uid) => {
    const row = held.get(uid);
    held.delete(uid);
    if (row) wb.put([row]);
    else if (behind) wb.sync(true);
  });
  const frame = (data) => {
    if (wb.$("grid").classList.toggle("has-inherited", data.inherited)) wb.regroup();
    if (data.panels) wb.tell("panels", data.panels);
    if (data.head) wb.tell("head", data.head);
    if (data.title) wb.$("plan-title").textContent = data.title;
    if ("can_undo" in data) {
      document.querySelector("[data-do=undo]").disabled = !data.can_undo;
      document.querySelector("[data-do=redo]").disabled = !data.can_redo;
    }
    if (data.message) wb.notice(data.message);
  };

  const refuse = (item, { status, data }) => {
    if (status === 409) stale(item, data);
    else if (status === 403 || status === 404) wb.notice(wb.say("no_right"), true);
    else if (status === 422 && data.code === "closed") wb.notice(wb.say("closed"), true);
    else if (!item.quiet) wb.notice(wb.say("refused", { why: data.message ?? String(status) }), true);
    if (status === 409 || status === 422) wb.sync(true);
  };

  // A stale save: both versions are shown, the person chooses. What was typed stays in the browser until then.
  const stale = (item, data) => {
    const { operation } = item;
    if (operation.op !== "set") return wb.notice(data.message, true);
    const theirs = wb.plain(data.current, operation.field);
    const mine = wb.mine(operation);
    if (theirs === mine) return wb.forget(operation);
    const dialog = wb.$("dialog-stale");
    wb.$("stale-who").textContent = data.who ? wb.say("who_at", { who: data.who, time: data.at }) : "";
    wb.$("stale-mine").textContent = mine;
    wb.$("stale-theirs").textContent = theirs;
    const close = (then) => () => {
      dialog.close();
      then();
    };
    wb.$("stale-take-mine").onclick = close(() => {
      wb.send({ ...operation, revision: data.current_revision });
    });
    wb.$("stale-take-theirs").onclick = close(() => wb.forget(operation));
    const again = close(() =>
      wb.edit(operation.measure, operation.field, { value: operation.value, revision: data.current_revision }),
    );
    wb.$("stale-edit").onclick = again;
    dialog.oncancel = (event) => {
      event.preventDefault();
      again();
    };
    dialog.showModal();
  };
  wb.plain = (content, field) => {
    const names = (role) => content.roles.filter((item) => item.role === role).map((item) => item.name).join("、");
    if (field === "text" || !field) return content.paragraphs.length > 1 ? content.paragraphs.join("\n") : content.text;
    if (field === "deadline") return content.deadline.text;
    if (field in content) return String(content[field] ?? "");
    return names(field);
  };
  wb.mine = (operation) => {
    const { value } = operation;
    if (Array.isArray(value)) return value.map((item) => item.name).join("、");
    if (value && typeof value === "object") return value.text ?? "";
    return value === undefined || value === null ? operation.op : String(value);
  };

  // Others' changes, every five seconds. Rows with an open editor or a waiting operation keep what they show.
  let syncing = false;
  let behind = false; // an open editor kept a row from being brought up to date
  wb.sync = async (force = false) => {
    if (syncing || (document.hidden && !force)) return;
    syncing = true;
    try {
      const since = force ? 0 : wb.revision;
      const { ok, data } = await wb.ask(`${wb.url("revision")}?since=${since}`);
      if (ok && data.rows && queue.length === 0) await catchUp(data);
    } finally {
      syncing = false;
    }
  };
  const catchUp = async (data) => {
    const order = data.rows.map(([uid]) => uid);
    const wanted = data.rows.filter(([uid, revision]) => wb.seen(uid) !== revision && wb.editor?.uid !== uid);
    behind = data.rows.some(([uid, revision]) => wb.seen(uid) !== revision && wb.editor?.uid === uid);
    const there = new Set(order);
    const removed = wb.all().map((row) => row.dataset.uid).filter((uid) => !there.has(uid) && wb.editor?.uid !== uid);
    let rows = [];
    for (let at = 0; at < wanted.length; at += 50) {
      const uids = wanted.slice(at, at + 50).map(([uid]) => uid);
      const answer = await wb.ask(`${wb.url("rows")}?${uids.map((uid) => `uid=${uid}`).join("&")}`);
      if (!answer.ok || queue.length) return;
      rows = rows.concat(answer.data.rows);
    }
    const current = wb.all().map((row) => row.dataset.uid).join();
    if (rows.length || removed.length || current !== order.join()) wb.put(rows, removed, order);
    frame(data);
    if (data.revision > wb.revision && (rows.length || removed.length) && data.others)
      wb.notice(data.who ? wb.say("changed_by", { who: data.who }) : wb.say("changed_other"));
    wb.revision = data.revision;
  };
  setInterval(() => wb.sync(), 5000);
  window.addEventListener("online", pump);
  document.addEventListener("visibilitychange", () => wb.sync());

  // Sends what the last visit left; resolves when it is settled.
  wb.resume = () => {
    if (queue.length) wb.notice(wb.say("kept_changes", { n: queue.length }));
    const all = queue.map((item) => new Promise((resolve) => waiting.set(item.ticket, resolve)));
    keep();
    pump();
    return Promise.all(all);
  };
})();
