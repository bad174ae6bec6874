// Saves a drawing of the page as PNG: the SVG with the looks that the style sheet gives it, drawn onto a canvas.
const LOOKS = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity",
  "vector-effect", "paint-order", "font-family", "font-size", "font-weight", "opacity",
];
const SCALE = 2; // sharp on paper and on fine screens
const EDGE = 12;

function picture(svg) {
  const box = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, place) => {
    const look = getComputedStyle(from[place]);
    for (const name of LOOKS) node.setAttribute(name, look.getPropertyValue(name));
    node.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  const text = new XMLSerializer().serializeToString(copy);
  return { address: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, box };
}

async function save(button) {
  const card = button.closest("section");
  const svg = card.querySelector("svg[role=img]");
  const { address, box } = picture(svg);
  const image = new Image();
  image.src = address;
  await image.decode();
  const words = [card.querySelector("h2")?.textContent, card.querySelector("h2 + p")?.textContent]
    .map((text) => (text || "").replace(/\s+/g, " ").trim());
  const keys = [...card.querySelectorAll(".art-keys li")].map((item) => ({
    fill: item.querySelector("rect").getAttribute("fill"), text: item.textContent.trim(),
  }));
  const width = Math.max(box.width, 360) + 2 * EDGE;
  const head = 48, foot = keys.length ? Math.ceil(keys.length / 3) * 20 + 8 : 0;
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = (box.height + head + foot + 2 * EDGE) * SCALE;
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const face = getComputedStyle(document.body).fontFamily;
  pen.fillStyle = "#1c2b3a";
  pen.font = `600 16px ${face}`;
  pen.fillText(words[0], EDGE, EDGE + 14, width - 2 * EDGE);
  pen.font = `12px ${face}`;
  pen.fillText(words[1], EDGE, EDGE + 34, width - 2 * EDGE);
  pen.drawImage(image, (width - box.width) / 2, EDGE + head, box.width, box.height);
  keys.forEach((key, place) => {
    const x = EDGE + ((place % 3) * (width - 2 * EDGE)) / 3;
    const y = EDGE + head + box.height + 8 + Math.floor(place / 3) * 20;
    pen.fillStyle = key.fill;
    pen.fillRect(x, y, 14, 14);
    pen.fillStyle = "#1c2b3a";
    pen.fillText(key.text, x + 20, y + 12);
  });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${button.dataset.picture}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

for (const button of document.querySelectorAll("button[data-picture]")) {
  button.hidden = false;
  button.addEventListener("click", () => save(button));
}
