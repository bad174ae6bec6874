// The editor's live preview: what is typed goes to the server, the sheet comes back. Nothing is kept by it.
const form = document.querySelector("form[data-preview]");
const place = document.querySelector("[data-sheet]");
const WAIT = 400; // milliseconds after the last key
let timer = 0;
let asked = 0;

async function show() {
  const mine = ++asked;
  const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
  if (!response.ok || mine !== asked) return;
  const made = new DOMParser().parseFromString(await response.text(), "text/html");
  place.replaceChildren(...made.body.childNodes);
}

if (form && place) {
  form.querySelector("[data-preview-button]").hidden = true;
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => show().catch(() => {}), WAIT);
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
