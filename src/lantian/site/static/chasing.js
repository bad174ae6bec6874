// The desk: the text for the chat group copied in one click, or drawn as a long picture in the browser.
const said = (button) => button.parentElement.querySelector("[data-copied]");

function show(button) {
  const place = said(button);
  place.textContent = place.dataset.copied;
}

for (const button of document.querySelectorAll("[data-copy-from]")) {
  const field = document.getElementById(button.dataset.copyFrom);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else {
      field.select(); // plain http has no clipboard of its own
      document.execCommand("copy");
    }
    show(button);
  });
}
for (const field of document.querySelectorAll("[data-copy]")) field.addEventListener("focus", () => field.select());

const WIDTH = 720;
const MARGIN = 40;
const LINE = 44;
const FONT = '26px -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

// Lines that fit the width; Chinese breaks anywhere, but no closing sign begins a line.
function broken(context, text) {
  const lines = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const sign of paragraph) {
      const full = line && context.measureText(line + sign).width > WIDTH - 2 * MARGIN;
      if (full && !"，。；：、）》」！？".includes(sign)) {
        lines.push(line);
        line = sign;
      } else line += sign;
    }
    lines.push(line);
  }
  return lines;
}

function picture(text) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = FONT;
  const lines = broken(context, text);
  canvas.width = WIDTH;
  canvas.height = 2 * MARGIN + lines.length * LINE;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#1b5e9b";
  context.fillRect(0, 0, canvas.width, 8);
  context.fillStyle = "#1c2b3a";
  context.font = FONT;
  context.textBaseline = "top";
  lines.forEach((line, n) => context.fillText(line, MARGIN, MARGIN + n * LINE));
  return canvas;
}

for (const button of document.querySelectorAll("[data-picture-of]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    picture(document.getElementById(button.dataset.pictureOf).value).toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = button.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }, "image/png");
  });
}
