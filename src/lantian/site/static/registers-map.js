// The map of a register: outlines without tiles, points and polygons, and the list beside it kept in step.
// Without this script the list alone says everything.

const L = window.L;
const box = document.getElementById("map");
if (box && L) start(box);

async function start(holder) {
  const answer = await fetch(holder.dataset.places);
  if (!answer.ok) return;
  const { places, outlines } = await answer.json();
  const shapes = await fetch(outlines).then((found) => (found.ok ? found.json() : null));
  holder.hidden = false;
  const map = L.map(holder, { attributionControl: false, zoomSnap: 0.25, minZoom: 5, maxZoom: 18, scrollWheelZoom: false });
  holder.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  map.on("click", () => map.scrollWheelZoom.enable());
  const shape = L.geoJSON(shapes ?? { type: "FeatureCollection", features: [] }, {
    interactive: false,
    style: (feature) => ({ className: `outline outline-${feature.properties.level}` }),
  }).addTo(map);
  fit(map, shape, places);
  for (const place of places) draw(map, place);
}

function fit(map, shape, places) {
  const points = places.filter((one) => one.lon !== null).map((one) => [one.lat, one.lon]);
  const bounds = points.length ? L.latLngBounds(points) : shape.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [30, 30], maxZoom: 14 });
  else map.setView([36, 104], 6);
  L.control.scale({ imperial: false }).addTo(map);
}

function draw(map, place) {
  const sort = place.order < 0 ? "none" : place.order;
  const name = place.word ? `${place.title} ${place.word}` : place.title;
  const area = rings(place.wkt);
  const polygon = area.length ? L.polygon(area, { className: `plot plot-${sort}` }).addTo(map) : null;
  const [lat, lon] = place.lon === null ? middle(polygon) : [place.lat, place.lon];
  if (lat === null) return;
  const icon = L.divIcon({ className: "place-icon", html: "", iconSize: [22, 22] });
  const marker = L.marker([lat, lon], { icon, keyboard: true, title: name, alt: name }).addTo(map);
  const badge = document.createElement("span");
  badge.className = `place-mark place-${sort}`;
  badge.textContent = place.word.slice(0, 1) || "·";
  const element = marker.getElement();
  element.append(badge);
  element.setAttribute("aria-label", name);
  marker.on("click", () => (location.href = place.url));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") location.href = place.url;
  });
  const row = document.querySelector(`[data-list] [data-key="${CSS.escape(place.key)}"]`);
  const light = (on) => {
    row?.classList.toggle("lit", on);
    element.classList.toggle("lit", on);
  };
  marker.on("mouseover", () => light(true)).on("mouseout", () => light(false));
  for (const [kind, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
    row?.addEventListener(kind, () => light(on));
  }
}

// The rings of a WKT polygon or multipolygon as Leaflet takes them; none for anything else.
function rings(wkt) {
  return [...(wkt ?? "").matchAll(/\(\s*([-\d.][-\d.eE\s,]*)\)/g)].map(([, ring]) =>
    ring.split(",").map((pair) => {
      const [lon, lat] = pair.trim().split(/\s+/).map(Number);
      return [lat, lon];
    }),
  );
}

function middle(polygon) {
  if (!polygon) return [null, null];
  const { lat, lng } = polygon.getBounds().getCenter();
  return [lat, lng];
}
