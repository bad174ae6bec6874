// Forms with a field to drop files on. Where the form lists them (the page of imports), files dropped or chosen are shown,
// sent one after the other with their progress, and followed until they are read. Without script they work as any other.
(() => {
  const field = document.querySelector("[data-drop]");
  if (!field) return; // who may not bring files sees the page without it
  const form = field.closest("form");
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-files]");
  for (const kind of ["dragover", "dragenter"]) {
    field.addEventListener(kind, (event) => {
      event.preventDefault();
      field.classList.add("over");
    });
  }
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  if (!list) return;

  const words = JSON.parse(document.getElementById("upload-words").textContent);
  const entries = new Map(); // file → its line
  input.addEventListener("change", () => show());

  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const state = (line, text, bad = false) => {
    const word = line.querySelector(".file-state");
    word.textContent = text;
    word.className = bad ? "file-state field-error" : "file-state soft";
  };
  const show = () => {
    for (const [file, line] of entries) {
      if (line.dataset.sent) continue;
      line.remove();
      entries.delete(file);
    }
    for (const file of input.files) {
      const line = form.querySelector("[data-file]").content.firstElementChild.cloneNode(true);
      line.querySelector(".file-name").textContent = file.name;
      line.querySelector(".file-size").textContent = size(file.size);
      const remove = line.querySelector("[data-remove]");
      remove.setAttribute("aria-label", words.remove.replace("{name}", file.name));
      remove.onclick = () => {
        const left = new DataTransfer();
        for (const other of input.files) if (other !== file) left.items.add(other);
        input.files = left.files;
        show();
      };
      state(line, words.chosen);
      entries.set(file, line);
      list.append(line);
    }
  };

  const send = (file, line) =>
    new Promise((resolve) => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append("files", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      const bar = line.querySelector("progress");
      bar.hidden = false;
      state(line, words.sending);
      request.upload.onprogress = ({ loaded, total }) => (bar.value = total ? (100 * loaded) / total : 0);
      request.onloadend = () => {
        bar.hidden = true;
        resolve(request.response?.files?.[0] ?? { error: request.response?.errors?.[0] ?? words.failed });
      };
      request.send(body);
    });

  const follow = async (line, address) => {
    const bar = line.querySelector("progress");
    for (;;) {
      let answer;
      try {
        const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
        answer = await response.json();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 3000));
        continue;
      }
      bar.hidden = !answer.active;
      bar.value = answer.percent;
      state(line, answer.active ? answer.progress || words.reading : answer.error || `✓ ${answer.label}`, Boolean(answer.error));
      if (!answer.active) return finish(line, address, answer);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  const finish = (line, address, { plans, error }) => {
    const found = line.querySelector(".found-plans");
    for (const plan of plans) {
      const item = form.querySelector("[data-plan]").content.firstElementChild.cloneNode(true);
      const [title, review] = [item.querySelector(".plan-link"), item.querySelector(".review-link")];
      [title.textContent, title.href] = [plan.title, plan.url];
      if (plan.review) [review.textContent, review.href] = [words.review, plan.review];
      else review.remove();
      found.append(item);
    }
    if (!error && !plans.length) state(line, words.nothing, true);
    if (error) {
      const details = document.createElement("a");
      [details.textContent, details.href] = [words.details, address];
      line.querySelector(".file-state").append(" ", details);
    }
  };

  form.addEventListener("submit", async (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const button = form.querySelector("button.btn-primary");
    button.disabled = true;
    const waiting = [...entries].filter(([, line]) => !line.dataset.sent);
    for (const [, line] of waiting) {
      line.dataset.sent = "1";
      line.querySelector("[data-remove]").remove();
    }
    input.value = "";
    for (const [file, line] of waiting) {
      const answer = await send(file, line);
      if (answer.url) follow(line, answer.url);
      else state(line, answer.error, true);
    }
    button.disabled = false;
    window.htmx?.ajax("GET", location.pathname, { target: "#imports", swap: "outerHTML" });
  });
  // Who was faster than the script, or came back to the page, has chosen already.
  if (input.files.length) show();
})();
