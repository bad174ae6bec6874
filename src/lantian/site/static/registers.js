// Forms and imports of registers: rows suggested while a reference is typed, and a file followed while it is worked on.
// Without this script the key is typed in full, and the page of a file comes again by itself.

for (const input of document.querySelectorAll("[data-suggest]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let timer = 0;
  let asked = "";
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = input.value.trim();
      if (text.length < 2 || text === asked) return;
      asked = text;
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`);
      if (!answer.ok || asked !== text) return;
      const { rows } = await answer.json();
      list.replaceChildren(
        ...rows.map(({ key, title }) => {
          const option = document.createElement("option");
          option.value = key;
          option.label = title === key ? key : `${title}（${key}）`;
          return option;
        }),
      );
    }, 250);
  });
}

const box = document.querySelector("[data-progress]");
if (box) follow(box);

async function follow(holder) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1200));
    let found;
    try {
      const answer = await fetch(holder.dataset.progress, { redirect: "error" });
      if (!answer.ok) continue;
      found = await answer.json();
    } catch {
      continue; // the line is down for a moment; the work goes on
    }
    holder.querySelector("progress").value = found.percent;
    holder.querySelector("[data-percent]").textContent = found.percent;
    const rows = holder.querySelector("[data-rows]");
    if (rows) rows.textContent = found.rows;
    if (found.state !== holder.dataset.state) return location.reload();
  }
}
