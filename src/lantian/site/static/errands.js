// Fields that take names of units: what is typed after the last separator is looked up, a click or ↓ Enter takes it.
const PARTED = /[、，,；;\s]+/;

function field(box) {
  const list = document.createElement("ul");
  list.className = "suggested";
  list.hidden = true;
  box.after(list);
  let timer;
  let asked = 0;
  const last = () => box.value.split(PARTED).pop();
  const take = (name) => {
    box.value = `${box.value.slice(0, box.value.length - last().length)}${name}、`;
    list.hidden = true;
    box.focus();
  };
  const show = (units) => {
    list.replaceChildren(
      ...units.map(({ name, area }) => {
        const line = document.createElement("li");
        const button = document.createElement("button");
        const where = document.createElement("small");
        button.type = "button";
        button.textContent = name;
        where.textContent = area;
        button.append(where);
        button.onclick = () => take(name);
        line.append(button);
        return line;
      }),
    );
    list.hidden = !units.length;
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    const typed = last();
    asked += 1;
    const mine = asked;
    if (!typed) {
      list.hidden = true;
      return;
    }
    timer = setTimeout(async () => {
      const area = document.querySelector("#id_area")?.value ?? "";
      const asking = new URLSearchParams({ q: typed, area });
      const answer = await fetch(`${box.dataset.units}?${asking}`).catch(() => null);
      if (answer?.ok && mine === asked) show((await answer.json()).units);
    }, 150);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) {
      event.preventDefault();
      list.querySelector("button").focus();
    }
    if (event.key === "Escape") list.hidden = true;
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...list.querySelectorAll("button")];
    if (step) {
      event.preventDefault();
      const to = buttons.indexOf(document.activeElement) + step;
      (buttons[to] ?? box).focus();
    }
    if (event.key === "Escape") {
      list.hidden = true;
      box.focus();
    }
  });
}

for (const box of document.querySelectorAll("[data-units]")) field(box);
