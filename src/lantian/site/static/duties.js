// Commitments: ticking many rows, ticking a level of units, the sum of a quota sheet. Everything works without it.

const all = document.querySelector("[data-tick-all]");
if (all) {
  const boxes = [...document.querySelectorAll('input[name="duty"]')];
  const shown = document.querySelector("[data-ticked]");
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    shown.textContent = ticked || "";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

for (const level of document.querySelectorAll("[data-level]")) {
  const button = level.querySelector("[data-all]");
  if (!button) continue;
  const boxes = [...level.querySelectorAll('input[type="checkbox"]')];
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
  });
}

// Ticking a unit of a figure means that the figure binds only the ticked ones.
for (const form of document.querySelectorAll(".question form")) {
  const owner = form.querySelector('input[name="applies"][value="owner"]');
  if (!owner) continue;
  form.addEventListener("change", (event) => {
    if (event.target.name === "unit" && event.target.checked) owner.checked = true;
  });
}

const sheet = document.querySelector("form.quota-form");
if (sheet) {
  const inputs = [...sheet.querySelectorAll("[data-quota]")];
  const sum = sheet.querySelector("[data-sum]");
  const gap = sheet.querySelector("[data-gap]");
  const places = (text) => (text.split(".")[1] || "").length;
  // Whole numbers of the last decimal place, so that 0.1 + 0.2 is 0.3.
  const add = () => {
    const texts = inputs.map((input) => input.value.replaceAll(/[,，\s]/g, "")).filter((text) => text && isFinite(text));
    const digits = Math.max(0, places(sheet.dataset.total || ""), ...texts.map(places));
    const unit = 10 ** digits;
    const total = texts.reduce((so, text) => so + Math.round(Number(text) * unit), 0);
    const show = (number) => String(Number((number / unit).toFixed(digits)));
    if (sum) sum.textContent = show(total);
    if (gap) {
      const lacking = Math.round(Number(sheet.dataset.total) * unit) - total;
      gap.textContent = show(lacking);
      gap.classList.toggle("gap", lacking !== 0);
    }
  };
  for (const input of inputs) input.addEventListener("input", add);
}
