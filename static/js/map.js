// The district's map: our own outlines on a calm ground, no tiles. Looks live in map.css.
(() => {
  "use strict";
  const box = document.getElementById("map");
  const source = document.getElementById("map-config");
  if (!box || !source || !window.L) return;

  const config = JSON.parse(source.textContent);
  const panel = () => document.getElementById("map-panel");
  const work = document.querySelector(".mapwork");
  const MODES = ["let", "use", "busy"];
  const LABEL_ZOOM = 14.75;
  const AROUND = 0.15;
  const CROWD = 60;
  const SHIFTS = [0, 24, -24, 38];
  const swap = ([x, y]) => [y, x];
  const escape = (text) => { const node = document.createElement("span"); node.textContent = text; return node.innerHTML; };
  const icon = (name) => { const node = document.getElementById(`icon-${name}`); return node ? node.innerHTML : ""; };
  const ICONS = { book_bar: "book", art_centre: "palette", museum: "monument", landmark: "monument", pocket_park: "trees", lingering: "coffee" };

  const map = L.map(box, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 11, maxZoom: 19 });
  ["ground", "zone", "buildings", "net", "routes"].forEach((name, position) => { map.createPane(name).style.zIndex = 300 + position * 10; });
  ["zone", "net", "routes", "ground"].forEach((name) => { map.getPane(name).style.pointerEvents = "none"; });
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);

  const layers = { physical: L.layerGroup(), virtual: L.layerGroup(), cultural: L.layerGroup() };
  const labels = L.layerGroup().addTo(map);
  const shapes = new Map();
  let chosen = config.chosen;
  let mode = document.querySelector("input[name=mode]:checked")?.value || "use";
  let everything = null;
  let grounds = [];

  const rings = (shape) => shape.type === "MultiPolygon" ? shape.coordinates.map((p) => p.map((r) => r.map(swap))) : shape.coordinates.map((r) => r.map(swap));
  const marker = (at, className, html, size, anchor) => L.marker(swap(at), { keyboard: false, icon: L.divIcon({ className, html, iconSize: size, iconAnchor: anchor }) });
  const link = (item, drawn) => drawn.bindTooltip(escape(item.note ? `${item.name} · ${item.note}` : item.name)).on("click", () => { window.location.assign(item.url); });

  const cuts = () => document.querySelector(`input[name=mode][value=${mode}]`).dataset.cuts.split(" ").map(Number);

  function legend() {
    const marks = document.querySelectorAll(".ramp span");
    cuts().forEach((cut, position) => { marks[position].textContent = position ? cut : `≤${cut}`; });
  }

  function share(id) {
    const row = config.shares[id];
    return row ? row[MODES.indexOf(mode)] : null;
  }

  function step(id) {
    const value = share(id);
    if (value === null || value === undefined) return 0;
    return 1 + cuts().filter((cut) => value > cut).length;
  }

  function paint() {
    labels.clearLayers();
    const zoom = map.getZoom();
    const view = map.getBounds();
    const taken = marks();
    const named = [];
    box.dataset.scale = zoom >= 16.5 ? "near" : zoom >= 15 ? "middle" : "far";
    shapes.forEach(({ item, shape }, id) => {
      const element = shape.getElement();
      if (!element) return;
      const on = id === chosen;
      element.setAttribute("class", `leaflet-interactive bd v${step(id)}${on ? " on" : ""}${item.part ? " part" : ""}`);
      if (item.part || !(on || zoom >= LABEL_ZOOM) || !view.contains(swap(item.at))) return;
      const bounds = shape.getBounds();
      const wide = map.latLngToContainerPoint(bounds.getNorthEast()).x - map.latLngToContainerPoint(bounds.getSouthWest()).x;
      named.push({ item, on, wide, size: (bounds.getNorth() - bounds.getSouth()) * (bounds.getEast() - bounds.getWest()) });
    });
    const crowded = named.length > CROWD;
    named.sort((one, other) => other.on - one.on || other.size - one.size).forEach(({ item, on, wide }) => {
      const value = share(item.id);
      const text = value === null || value === undefined ? "" : `<em>${value}%</em>`;
      const width = [...item.name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 11.5 : 6.4), 6);
      if (crowded && !on && zoom < 17 && wide < width * 0.6) return;
      const at = map.latLngToContainerPoint(swap(item.at));
      const shift = SHIFTS.find((by) => free({ x: at.x, y: at.y + by }, width, text ? 28 : 15, taken));
      if (shift === undefined) return;
      marker(item.at, `lb${on ? " on" : ""}`, `<span>${escape(item.name)}${text}</span>`, [0, 0], [0, -shift]).addTo(labels);
    });
    labelGround(view, taken);
  }

  function choose(id, remember) {
    chosen = id;
    paint();
    const page = id ? `${config.page}?building=${id}` : config.page;
    if (remember) window.history.pushState({ building: id }, "", page);
    if (!id) { work.classList.add("alone"); panel().hidden = true; map.invalidateSize(); return; }
    window.htmx.ajax("GET", page, { target: "#map-panel", swap: "outerHTML" }).then(() => {
      work.classList.remove("alone");
      panel().hidden = false;
      map.invalidateSize();
    });
  }

  function drawBuilding(item) {
    const shape = L.polygon(rings(item.shape), { className: "bd", pane: "buildings", smoothFactor: 0.6 });
    shape.on("click", () => choose(item.id, true));
    shape.on("add", () => {
      const element = shape.getElement();
      if (!element) return;
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", item.part ? "-1" : "0");
      element.setAttribute("aria-label", item.name);
      element.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(item.id, true); } });
    });
    shape.addTo(map);
    shapes.set(item.id, { item, shape });
  }

  function drawRoute(route) {
    if (route.shape) {
      const line = route.shape.coordinates.map(swap);
      L.polyline(line, { className: "route-bg", pane: "routes", interactive: false }).addTo(layers.cultural);
      L.polyline(line, { className: "route", pane: "routes", interactive: false }).addTo(layers.cultural);
    }
    route.stops.forEach((stop, position) => link(stop, marker(stop.at, "wstop", String(position + 1), [20, 20])).addTo(layers.cultural));
  }

  // Areas, then lines: all casings under all roads, so that crossings are open.
  function drawGround(pieces) {
    const isLine = (piece) => piece.shape.type === "LineString";
    const line = (piece, className) => L.polyline(piece.shape.coordinates.map(swap), { className, pane: "ground", interactive: false, smoothFactor: 0.6 }).addTo(map);
    pieces.filter((piece) => !isLine(piece)).forEach((piece) => L.polygon(rings(piece.shape), { className: piece.kind, pane: "ground", interactive: false, smoothFactor: 0.6 }).addTo(map));
    const lines = pieces.filter(isLine);
    lines.filter((piece) => piece.kind === "canal").forEach((piece) => line(piece, "canal"));
    const roads = lines.filter((piece) => piece.kind !== "canal");
    roads.forEach((piece) => line(piece, `casing ${piece.kind}`));
    roads.forEach((piece) => line(piece, `rd ${piece.kind}`));
    grounds = pieces.filter((piece) => piece.name);
  }

  // Where a name of the ground stands in this view: the middle of what can be seen of it.
  function labelGround(view, taken) {
    grounds.forEach((piece) => {
      const isLine = piece.shape.type === "LineString";
      const seen = (isLine ? along(piece.shape.coordinates) : piece.shape.coordinates.flat(1)).map(swap).filter((at) => view.contains(at));
      if (!seen.length) return;
      const middle = isLine ? seen[Math.floor(seen.length / 2)] : L.latLngBounds(piece.shape.coordinates.flat(1).map(swap).map((at) => clamp(at, view))).getCenter();
      const steep = isLine && Math.abs(seen[0][0] - seen.at(-1)[0]) > Math.abs(seen[0][1] - seen.at(-1)[1]) && /[\u4e00-\u9fff]/.test(piece.name);
      const size = isLine ? 11 : 22;
      const length = piece.name.length * size;
      if (!free(map.latLngToContainerPoint(middle), steep ? size : length, steep ? length : size, taken)) return;
      const at = L.latLng(middle);
      marker([at.lng, at.lat], `lb ${isLine ? "street" : "lake"}${steep ? " v" : ""}`, `<span>${escape(piece.name)}</span>`, [0, 0]).addTo(labels);
    });
  }

  const clamp = ([lat, lng], view) => [Math.min(Math.max(lat, view.getSouth()), view.getNorth()), Math.min(Math.max(lng, view.getWest()), view.getEast())];

  // A point every tenth of each stretch.
  function along(points) {
    return points.slice(1).flatMap((end, position) => [...Array(10).keys()].map((n) => [points[position][0] + (end[0] - points[position][0]) * n / 10, points[position][1] + (end[1] - points[position][1]) * n / 10]));
  }

  // Where signs stand that are shown: no name is written across them.
  function marks() {
    const found = [];
    [layers.cultural, layers.virtual].filter((layer) => map.hasLayer(layer)).forEach((layer) => layer.eachLayer((drawn) => {
      if (!drawn.getLatLng) return;
      const at = map.latLngToContainerPoint(drawn.getLatLng());
      const { iconSize: [width, height], iconAnchor, html } = drawn.options.icon.options;
      const [x, y] = iconAnchor || [width / 2, height / 2];
      found.push([at.x - x, at.y - y, at.x - x + width + (html.includes("<b>") ? 60 : 0), at.y - y + height]);
    }));
    return found;
  }

  // Whether a label of this size fits here; if so the place is taken.
  function free(at, width, height, taken) {
    const box = [at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2];
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return false;
    taken.push(box);
    return true;
  }

  function draw(data) {
    drawGround(data.ground);
    data.zones.forEach((zone) => L.polygon(rings(zone.shape), { className: zone.purpose === "ecology" ? "park" : zone.purpose === "core" ? "core" : "comm", pane: "zone", interactive: false }).addTo(map));
    data.buildings.filter((item) => !item.part).forEach(drawBuilding);
    data.buildings.filter((item) => item.part).forEach(drawBuilding);
    data.routes.forEach(drawRoute);
    box.classList.toggle("crowded", data.places.length > CROWD);
    const onRoute = new Set(data.routes.flatMap((route) => route.stops.map((stop) => stop.id)));
    data.artworks.filter((item) => !onRoute.has(item.id)).forEach((item) => link(item, marker(item.at, "mk artm", "<i></i>", [14, 14])).addTo(layers.cultural));
    data.places.filter((item) => !onRoute.has(item.id)).forEach((item) => link(item, marker(item.at, "mk venue", icon(ICONS[item.kind] || "palette"), [24, 24])).addTo(layers.cultural));
    const hub = data.platforms[0];
    data.platforms.forEach((item) => {
      if (item !== hub) L.polyline([swap(hub.at), swap(item.at)], { className: "net", pane: "net", interactive: false }).addTo(layers.virtual);
      link(item, marker(item.at, `mk plat ${item.health}`, `<i>${icon("cloud")}</i>${item.health === "down" || item.health === "slow" ? `<b>${escape(item.note)}</b>` : ""}`, [28, 26], [14, 30])).addTo(layers.virtual);
    });
    const names = document.getElementById("seek-names");
    data.buildings.forEach((item) => { const option = document.createElement("option"); option.value = item.name; names.append(option); });
    const outlines = together(data.buildings).flatMap((item) => item.shape.type === "MultiPolygon" ? item.shape.coordinates.flat(2) : item.shape.coordinates.flat(1));
    everything = outlines.length ? L.latLngBounds(outlines.map(swap)) : null;
    show(shapes.get(chosen)?.item);
    paint();
  }

  // What lies around the middle building: one far away does not shrink all others to nothing.
  function together(items) {
    const middle = [0, 1].map((axis) => items.map((item) => item.at[axis]).sort((one, other) => one - other)[Math.floor(items.length / 2)]);
    return items.filter((item) => item.at.every((value, axis) => Math.abs(value - middle[axis]) < AROUND));
  }

  // A phone's bars leave the map its width, but not its height.
  function fit() {
    const narrow = map.getSize().x < 600;
    map.fitBounds(everything, narrow ? { paddingTopLeft: [28, 130], paddingBottomRight: [28, 90] } : { padding: [60, 60] });
  }

  function show(item) {
    if (item) map.setView(swap(item.at), Math.max(map.getZoom() || 0, 17));
    else if (everything) fit();
  }

  document.querySelectorAll("[data-layer]").forEach((input) => {
    const apply = () => {
      const layer = input.dataset.layer;
      if (layer === "physical") box.classList.toggle("off-physical", !input.checked);
      else if (input.checked) layers[layer].addTo(map);
      else layers[layer].remove();
    };
    input.addEventListener("change", () => { apply(); paint(); });
    apply();
  });
  document.querySelectorAll("input[name=mode]").forEach((input) => input.addEventListener("change", () => {
    mode = input.value;
    document.querySelectorAll("[data-words]").forEach((words) => { words.hidden = words.dataset.words !== mode; });
    legend();
    paint();
  }));
  document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.zoom === "in") map.zoomIn(0.5);
    else if (button.dataset.zoom === "out") map.zoomOut(0.5);
    else if (everything) fit();
  }));
  const seek = document.getElementById("seek");
  seek.addEventListener("input", () => {
    const wanted = seek.value.trim().toLowerCase();
    if (!wanted) return;
    const found = [...shapes.values()].find(({ item }) => item.name.toLowerCase() === wanted || item.code.toLowerCase() === wanted);
    if (found) { choose(found.item.id, true); show(found.item); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#map-panel [data-close]")) { event.preventDefault(); choose("", true); }
  });
  window.addEventListener("popstate", () => choose(new URLSearchParams(window.location.search).get("building") || "", false));
  legend();
  map.on("zoomend moveend", paint);
  map.setView(swap([config.centre[0] ?? 120.74, config.centre[1] ?? 31.27]), 15);
  fetch(config.data, { headers: { Accept: "application/json" } })
    .then((response) => { if (!response.ok) throw new Error(String(response.status)); return response.json(); })
    .then(draw)
    .catch(() => { document.getElementById("mapfail").hidden = false; });
})();
