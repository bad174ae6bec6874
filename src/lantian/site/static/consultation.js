// The office's pages: keys for deciding comment after comment, a reminder to copy, asking before a round ends.
const inField = (target) => target instanceof Element && target.matches("textarea, select, input:not([type=radio])");
const comments = () => [...document.querySelectorAll("[data-comment]")];
let waiting = null; // the comment that is being saved: its answer takes the focus again

function current() {
  return document.activeElement instanceof Element ? document.activeElement.closest("[data-comment]") : null;
}

function go(step) {
  const all = comments();
  const place = all.indexOf(current());
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
  if (!all[next]) return;
  all[next].focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "center" });
}

function choose(comment, value) {
  const radio = comment.querySelector(`input[name=decision][value=${value}]`);
  if (!radio) return;
  radio.checked = true;
  if (value === "adopted") radio.focus();
  else comment.querySelector("textarea[name=reason]").focus();
}

document.addEventListener("keydown", (event) => {
  const comment = current();
  if (comment && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    comment.querySelector("form.verdict")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !comments().length) return;
  if (event.key === "Escape" && comment) comment.focus();
  if (inField(event.target)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (comment && "123".includes(event.key)) choose(comment, ["adopted", "partly", "rejected"][event.key - 1]);
  else return;
  event.preventDefault();
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  waiting = event.target.closest("[data-comment]")?.id ?? null;
});
document.body.addEventListener("htmx:afterSettle", () => {
  const shown = waiting && document.getElementById(waiting);
  waiting = null;
  if (!shown) return;
  (shown.querySelector("[aria-invalid]") ?? shown).focus();
});

for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue; // plain http: the text is selected by hand
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).value);
    const said = button.parentElement.querySelector("[data-copied]");
    said.textContent = said.dataset.copied;
  });
}
for (const field of document.querySelectorAll("[data-copy]")) field.addEventListener("focus", () => field.select());
for (const form of document.querySelectorAll("[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}
for (const button of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...button.closest("details").querySelectorAll("input[type=checkbox]")];
  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}
