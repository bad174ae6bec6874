// The air map: outlines and stations without tiles, a slider over the moments, and the list beside it kept in step.
// Without this script the list alone says everything, and the arrows are links.

const L = window.L;
const box = document.getElementById("map");
if (box && L) start(box);

async function start(holder) {
  const answers = await Promise.all([holder.dataset.frames, holder.dataset.outlines].map((url) => fetch(url)));
  if (answers.some((answer) => !answer.ok)) return;
  const [frames, outlines] = await Promise.all(answers.map((answer) => answer.json()));
  holder.hidden = false;
  const map = L.map(holder, { attributionControl: false, zoomSnap: 0.25, minZoom: 6, maxZoom: 17, scrollWheelZoom: false });
  holder.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  map.on("click", () => map.scrollWheelZoom.enable());
  const shape = L.geoJSON(outlines, {
    interactive: false,
    style: (feature) => ({ className: `outline outline-${feature.properties.level}` }),
  }).addTo(map);
  fit(map, shape, frames.stations); // first: a marker has no element before the map has a view
  name(map, outlines);
  const markers = place(map, frames.stations);
  steer(frames, markers, Number(holder.dataset.place));
}

function fit(map, shape, stations) {
  const points = stations.filter((one) => one.lon !== null).map((one) => [one.lat, one.lon]);
  const bounds = shape.getBounds().isValid() ? shape.getBounds() : L.latLngBounds(points);
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [10, 10] });
  else map.setView([36, 104], 6);
  L.control.scale({ imperial: false }).addTo(map);
}

// Names of districts in the middle of their outlines, under the markers.
function name(map, outlines) {
  for (const feature of outlines.features) {
    if (feature.properties.level !== "district") continue;
    const middle = L.geoJSON(feature).getBounds().getCenter();
    const icon = L.divIcon({ className: "area-name", html: "", iconSize: [120, 20] });
    const label = L.marker(middle, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
    label.getElement().textContent = feature.properties.name;
  }
}

function place(map, stations) {
  return stations.map((station, order) => {
    if (station.lon === null) return null;
    const icon = L.divIcon({ className: `aq-marker aq-marker-${station.kind}`, html: "", iconSize: [34, 24] });
    const marker = L.marker([station.lat, station.lon], { icon, keyboard: true, zIndexOffset: order * 10 }).addTo(map);
    const badge = document.createElement("span");
    marker.getElement().append(badge);
    marker.on("click keypress", (event) => {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
      location.href = station.url;
    });
    const row = () => document.querySelector(`[data-list] [data-code="${CSS.escape(station.code)}"]`);
    const light = (on) => {
      row()?.classList.toggle("lit", on);
      marker.getElement().classList.toggle("lit", on);
    };
    marker.on("mouseover", () => light(true)).on("mouseout", () => light(false));
    row()?.addEventListener("mouseenter", () => light(true));
    row()?.addEventListener("mouseleave", () => light(false));
    row()?.addEventListener("focusin", () => light(true));
    row()?.addEventListener("focusout", () => light(false));
    return { station, badge, element: marker.getElement() };
  });
}

function steer(frames, markers, first) {
  const slider = document.querySelector("[data-slider]");
  const button = document.querySelector("[data-play]");
  const field = document.querySelector("[data-map-form] [name=at]");
  slider.hidden = button.hidden = false;
  let timer = 0;
  const show = (at) => {
    slider.value = at;
    slider.setAttribute("aria-valuetext", frames.labels[at]);
    for (const label of document.querySelectorAll("[data-label-now]")) if (label !== slider) label.textContent = frames.labels[at];
    if (at !== frames.keys.length - 1 || field.value) field.value = frames.keys[at];
    paint(frames, markers, at);
    for (const link of document.querySelectorAll("[data-step]")) {
      const next = at + Number(link.dataset.step);
      if (next in frames.keys) link.classList.remove("disabled");
    }
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.setAttribute("aria-pressed", "false");
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  for (const link of document.querySelectorAll("[data-step]")) {
    link.addEventListener("click", (event) => {
      const next = Number(slider.value) + Number(link.dataset.step);
      if (!(next in frames.keys)) return; // beyond the slider the link itself leads on
      event.preventDefault();
      stop();
      show(next);
    });
  }
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.setAttribute("aria-pressed", "true");
    timer = setInterval(() => show((Number(slider.value) + 1) % frames.keys.length), 350);
    return undefined;
  });
  paint(frames, markers, first);
}

// One moment: numbers and colours of the markers and of the list, the highest value on top of it.
function paint(frames, markers, at) {
  const list = document.querySelector("[data-list]");
  const order = [];
  frames.stations.forEach((station, n) => {
    const text = frames.texts[at][n] || "–";
    const level = frames.levels[at][n];
    const marker = markers[n];
    if (marker) {
      marker.badge.textContent = text;
      marker.badge.className = `aq aq-${level}`;
      marker.element.setAttribute("aria-label", `${station.name} ${text}`);
      marker.element.title = `${station.name} (${station.area}) ${text}`;
    }
    const row = list.querySelector(`[data-code="${CSS.escape(station.code)}"]`);
    const cell = row.querySelector("[data-value]");
    cell.textContent = text;
    cell.className = `aq aq-${level}`;
    order.push([frames.texts[at][n] ? Number(text) : -1, row]);
  });
  const held = document.activeElement;
  order.sort((one, other) => other[0] - one[0]);
  list.append(...order.map(([, row]) => row));
  if (held && list.contains(held)) held.focus({ preventScroll: true });
}
