// The import workbench: the print beside the row, the check-up, unknown names, plan details, publishing.
(() => {
  const wb = workbench;

  // --- the print, in step with the row
  const print = wb.$("print");
  let shown = "";
  let timer;
  const address = (uid, query) => wb.root.dataset.home.replace(/plans\/.*/, `measures/${uid}/print/${query}`);
  const load = async (uid, query = "") => {
    const wanted = `${uid}:${wb.seen(uid)}:${query}`;
    if (wanted === shown) return;
    shown = wanted;
    const { ok, data } = await wb.ask(address(uid, query));
    if (shown !== wanted) return;
    if (!ok) {
      shown = "";
      print.textContent = wb.say("print_failed");
      return;
    }
    print.innerHTML = data.html;
    const mark = print.querySelector(".marks rect, tr.hit");
    const image = print.querySelector("img");
    image?.addEventListener("error", () => (image.closest("figure").textContent = wb.say("no_page")), { once: true });
    const into = () => {
      if (!mark) return;
      const [box, own] = [print.getBoundingClientRect(), mark.getBoundingClientRect()];
      print.scrollTop += own.top - box.top - Math.max(20, (box.height - own.height) / 2);
    };
    if (image && !image.complete) image.addEventListener("load", into, { once: true });
    else into();
  };
  wb.on("focus", (uid) => {
    clearTimeout(timer);
    timer = setTimeout(() => load(uid), 90);
  });
  wb.on("rows", (uids) => {
    const uid = wb.focused?.()?.uid;
    if (uid && uids.includes(uid)) load(uid);
  });
  print.addEventListener("click", ({ target }) => {
    const uid = print.querySelector("[data-uid]")?.dataset.uid;
    const button = target.closest("button");
    if (!button || !uid) return;
    if (button.dataset.page) load(uid, button.dataset.page === "0" ? "" : `?page=${button.dataset.page}`);
    if (button.dataset.around) load(uid, `?around=${button.dataset.around}`);
  });

  // --- the check-up and the names
  const checkup = wb.$("checkup");
  wb.on("panels", (html) => {
    const panels = wb.$("panels");
    const always = wb.$("learn-always")?.checked;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    panels.replaceWith(holder.content.querySelector("#panels"));
    if (wb.$("learn-always") && always !== undefined) wb.$("learn-always").checked = always;
  });
  wb.on("head", (html) => (wb.$("head-facts").innerHTML = html));
  let asking = null;
  const learn = (name, unit, misreading = true) =>
    wb.send({ op: "learn", name, unit, always: wb.$("learn-always")?.checked ?? true, misreading });
  checkup.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { rule, accept, reopen, find, learn: unit } = button.dataset;
    if (rule) wb.filter({ rule, q: "", open: false });
    if (find) wb.filter({ rule: "", q: find, open: false });
    if (accept) wb.send({ op: "accept", rule: accept, measure: null, accepted: true });
    if (reopen) wb.send({ op: "accept", rule: reopen, measure: null, accepted: false });
    const name = button.closest("[data-name]")?.dataset.name;
    if (unit) learn(name, unit);
    if ("other" in button.dataset) {
      asking = name;
      wb.$("unit-printed").textContent = name;
      wb.$("unit-q").value = "";
      wb.$("dialog-unit").showModal();
    }
  });
  const field = wb.$("unit-q");
  const list = wb.suggest(field, wb.$("unit-options"), ({ unit }) => {
    wb.$("dialog-unit").close();
    learn(asking, unit, wb.$("unit-misreading").checked);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") list.move(1);
    else if (event.key === "ArrowUp") list.move(-1);
    else if (event.key === "Enter") list.take();
    else return;
    event.preventDefault();
  });

  // --- plan details: each field is saved when it is left
  const head = wb.$("head-form");
  head.addEventListener("change", async ({ target }) => {
    if (!target.name) return;
    const typed = target.value.trim();
    const value = target.name === "year" ? (typed ? Number(typed) : null) : typed;
    const empty = value === "" && ["area", "issued"].includes(target.name);
    const operation = { op: "head", field: target.name, value: empty ? null : value };
    const { ok, data } = await wb.send(operation, { quiet: true });
    const line = head.querySelector(".field-error");
    line.hidden = ok;
    line.textContent = ok ? "" : data.message ?? "";
    target.toggleAttribute("aria-invalid", !ok);
  });

  // --- publishing
  const publish = wb.$("dialog-publish");
  wb.on("open:dialog-publish", () => {
    const open = [...document.querySelectorAll("#panels .w-problems li")].filter((line) => Number(line.dataset.open));
    wb.$("publish-open").textContent = wb.say(open.length ? "open_when_publishing" : "none_when_publishing");
    const copies = open.map((line) => {
      const copy = document.createElement("li");
      const count = line.querySelector(".w-count").textContent.trim();
      copy.textContent = `${line.querySelector(".w-rule").textContent.trim().replace(/\s+/g, " ")} × ${count}`;
      return copy;
    });
    wb.$("publish-problems").replaceChildren(...copies);
  });
  wb.$("publish-form").addEventListener("submit", (event) => {
    if (wb.idle()) return;
    event.preventDefault();
    wb.notice(wb.say("wait_publish"), true);
    publish.close();
  });

  // --- dialogs and the two sides
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-open]");
    if (opener?.dataset.open.startsWith("dialog-")) {
      if (wb.editor && !wb.editor.save()) return;
      wb.tell(`open:${opener.dataset.open}`);
      wb.$(opener.dataset.open).showModal();
    }
    if (target.closest("[data-close]")) target.closest("dialog").close();
    const side = target.closest(".wb-switch [data-side]");
    if (side) {
      document.querySelector(".wb-sides").dataset.side = side.dataset.side;
      for (const tab of document.querySelectorAll(".wb-switch [data-side]"))
        tab.setAttribute("aria-selected", tab === side ? "true" : "false");
    }
  });
  const sides = document.querySelector(".wb-sides");
  const splitter = document.querySelector(".wb-splitter");
  const width = (percent) => {
    const held = Math.round(Math.min(65, Math.max(20, percent)));
    sides.style.setProperty("--left", `${held}%`);
    splitter.setAttribute("aria-valuenow", held);
    wb.session.set("width", held);
  };
  if (wb.session.get("width")) width(wb.session.get("width"));
  splitter.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (!step) return;
    event.preventDefault();
    width(Number(splitter.getAttribute("aria-valuenow")) + step);
  });
  splitter.addEventListener("pointerdown", (event) => {
    splitter.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      const box = sides.getBoundingClientRect();
      width(((clientX - box.left) / box.width) * 100);
    };
    splitter.addEventListener("pointermove", move);
    splitter.addEventListener("pointerup", () => splitter.removeEventListener("pointermove", move), { once: true });
  });
})();
