// One box that ticks all of a page's boxes; without script each is ticked for itself.
for (const form of document.querySelectorAll("[data-ticks]")) {
  const all = form.querySelector("[data-tick-all]");
  const boxes = [...form.querySelectorAll("input[name=finding]")];
  if (!all || boxes.length < 2) continue;
  const one = all.querySelector("input");
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    one.checked = ticked === boxes.length;
    one.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  one.addEventListener("change", () => {
    for (const box of boxes) box.checked = one.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
