// Ctrl-K (or ⌘K): a quick search over every page. Without script the field in the header leads to the search page.
const palette = document.getElementById("palette");

if (palette && palette.showModal) {
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  let waiting = 0;
  let asking = null;
  let asked = null;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function step(by) {
    const all = options();
    if (!all.length) return;
    const place = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    choose(all[(place + by + all.length + (place < 0 && by < 0 ? 1 : 0)) % all.length]);
  }

  async function ask() {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    asking?.abort();
    asking = new AbortController();
    try {
      const address = `${palette.dataset.source}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: asking.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      list.innerHTML = await answer.text(); // our own page, escaped by the server
      choose(null);
    } catch (error) {
      if (error.name === "AbortError") return;
      asked = null;
      list.textContent = palette.dataset.failed;
    }
  }

  function open(words = "") {
    if (palette.open) return;
    field.value = words;
    palette.showModal();
    field.select();
    asked = null;
    ask();
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      palette.close();
    } else if (event.key === "Enter") {
      const option = options().find((one) => one.getAttribute("aria-selected") === "true");
      if (option) {
        event.preventDefault();
        option.click();
      }
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else open();
    }
  });
  for (const opener of document.querySelectorAll("[data-quick-open]")) {
    opener.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      open(opener.value);
    });
  }
}
