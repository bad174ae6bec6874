// The import workbench: choosing units — chips with a field that asks the directory while one types.
(() => {
  const wb = workbench;

  // A field with a list below it (the combobox pattern): choose(option) is called with {name, unit}.
  wb.suggest = (input, list, choose) => {
    let asked = 0;
    let options = [];
    let at = -1;
    let timer;
    list.id ||= `options-${Math.random().toString(36).slice(2)}`;
    input.setAttribute("aria-controls", list.id);
    const hide = () => {
      list.hidden = true;
      at = -1;
      options = [];
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      at = place;
      [...list.children].forEach((line, n) => {
        line.setAttribute("aria-selected", n === at ? "true" : "false");
        if (n === at) {
          line.scrollIntoView({ block: "nearest" });
          input.setAttribute("aria-activedescendant", line.id);
        }
      });
    };
    const show = (found, typed) => {
      options = found;
      list.replaceChildren(
        ...found.map((option, n) => {
          const line = wb.clone("option");
          line.id = `${list.id}-${n}`;
          line.querySelector("span").textContent = option.name;
          line.querySelector("small").textContent = option.area;
          line.onmousedown = (event) => event.preventDefault();
          line.onclick = () => take(n);
          return line;
        }),
      );
      if (!found.length) {
        const line = document.createElement("li");
        line.className = "soft";
        line.textContent = wb.say("no_unit");
        list.append(line);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(found.length && found[0].name === typed ? 0 : -1);
    };
    const take = (n) => {
      const option = options[n];
      hide();
      choose(option);
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      const typed = input.value.trim();
      asked += 1;
      if (!typed) return hide();
      const mine = asked;
      timer = setTimeout(async () => {
        const { ok, data } = await wb.ask(`${wb.url("units")}?q=${encodeURIComponent(typed)}`);
        if (ok && mine === asked && document.activeElement === input) show(data.units, typed);
      }, 120);
    });
    input.addEventListener("blur", hide);
    return {
      hide,
      open: () => !list.hidden,
      move(step) {
        if (list.hidden || !options.length) return "as usual";
        return mark((at + step + options.length) % options.length);
      },
      // Takes the marked option; false where none is marked.
      take() {
        if (at < 0 || list.hidden) return false;
        take(at);
        return true;
      },
    };
  };

  wb.unitEditor = (editor, options) => {
    const { box, cell } = editor;
    const chips = box.querySelector(".w-chips");
    const input = chips.querySelector("input");
    input.setAttribute("aria-label", cell.dataset.label);
    const names = [...cell.querySelectorAll(".w-name")];
    const stored = editor.was
      .filter((node) => node.dataset?.name)
      .map(({ dataset }) => ({ name: dataset.name, as_printed: dataset.printed, unit: dataset.unit || null }));
    const values = [...(options.value ?? stored)];
    editor.original = stored;
    editor.value = () => {
      const left = input.value.trim();
      return left ? [...values, { name: left }] : [...values];
    };
    let chosen = null; // names picked with the arrow keys: [where picking began, where it is now]
    const range = () => [Math.min(...chosen), Math.max(...chosen) + 1];
    const pick = (to, widen) => () => {
      if (input.value || !values.length) return "as usual";
      const at = to(chosen ? chosen[1] : values.length);
      if (at >= values.length) chosen = null;
      else chosen = [widen && chosen ? chosen[0] : Math.max(0, at), Math.max(0, at)];
      return draw();
    };
    const remove = () => {
      if (input.value || !values.length) return "as usual";
      const [from, to] = chosen ? range() : [values.length - 1, values.length];
      values.splice(from, to - from);
      return changed();
    };
    // The picked names belong to the row above or below: they leave this one and stand there.
    const hand = (step) => () => {
      const other = wb.all()[wb.all().indexOf(wb.row(editor.uid)) + step];
      if (!chosen || !other) return editor.fail(wb.say(chosen ? (step > 0 ? "last_row" : "first_row") : "pick_units"));
      const names = values.slice(...range()).map(({ name }) => name);
      const { uid, revision } = other.dataset;
      const { uid: measure, field: role } = editor;
      return editor.save(() =>
        wb.send({ op: "hand", measure, revision: wb.seen(measure), role, names, with: uid, with_revision: Number(revision) }),
      );
    };
    const draw = () => {
      for (const chip of chips.querySelectorAll(".w-chip")) chip.remove();
      const picked = chosen ? values.slice(...range()).map(({ name }) => name) : [];
      input.setAttribute("aria-description", picked.length ? wb.say("chosen", { names: picked.join("、") }) : "");
      values.forEach((value, place) => {
        const chip = wb.clone("chip");
        chip.querySelector("span").textContent = value.name;
        chip.classList.toggle("unknown", !value.unit);
        chip.classList.toggle("chosen", picked.includes(value.name));
        chip.onclick = pick(() => place);
        const remove = chip.querySelector("button");
        remove.setAttribute("aria-label", wb.say("remove", { name: value.name }));
        remove.onclick = (event) => {
          event.stopPropagation();
          values.splice(place, 1);
          changed();
        };
        input.before(chip);
      });
    };
    const changed = () => {
      chosen = null;
      draw();
      editor.draft();
      input.focus();
    };
    const add = (value) => {
      input.value = "";
      if (value.name && !values.some((other) => other.name === value.name)) values.push(value);
      changed();
    };
    const list = wb.suggest(input, box.querySelector(".w-options"), ({ name, unit }) => add({ name, unit }));
    const enter = () => {
      if (list.take()) return;
      const typed = input.value.trim();
      list.hide();
      if (typed) typed.split(/[、，,；;]+/).forEach((name) => add({ name: name.trim() }));
      else editor.save();
    };
    wb.editorKeys(editor, input, {
      Enter: enter,
      ArrowDown: () => list.move(1),
      ArrowUp: () => list.move(-1),
      Escape: () => (list.open() ? list.hide() : editor.cancel()),
      Backspace: remove,
      Delete: () => (chosen ? remove() : "as usual"),
      ArrowLeft: pick((at) => at - 1),
      ArrowRight: pick((at) => at + 1),
      "Shift+ArrowLeft": pick((at) => at - 1, true),
      "Shift+ArrowRight": pick((at) => at + 1, true),
      Home: pick(() => 0),
      "Alt+ArrowUp": hand(-1),
      "Alt+ArrowDown": hand(1),
    });
    box.querySelector("[data-edit=up]").onclick = hand(-1);
    box.querySelector("[data-edit=down]").onclick = hand(1);
    draw();
    input.focus();
    return names;
  };
})();
