// The plan by day and week: drag to book, move and stretch; the same by keys; kept up to date.
// Without this its bars and free times are links, and a booking is moved on its page.

const ANY = "00000000-0000-0000-0000-000000000000";
const NEAR = 4; // pixels a pointer moves before it is a drag
const HOLD = 350; // milliseconds a finger rests before it is one
const EDGE = 8; // pixels of a bar's end that stretch it

const plan = () => document.getElementById("plan");
const sheet = () => document.querySelector("#plan .tl-in");
const tip = Object.assign(document.createElement("div"), { className: "tip num", hidden: true });
document.body.append(tip);

// ---------- places: slots of five minutes from the left edge

function measure(box) {
  const { day, days, hour, slots, staff, now } = box.dataset;
  return { day, days: +days, hour: +hour, slots: +slots, total: slots * days, staff: staff !== undefined, now: +(now ?? -1) };
}

function extent(element) {
  const part = (letter) => +(element.className.match(new RegExp(`(?:^| )${letter}(\\d+)`))?.[1] ?? 0);
  const { slots } = measure(sheet());
  const from = part("d") * slots + part("s");
  return { from, to: from + part("w") * slots + part("n") };
}

const rowsOf = () => [...document.querySelectorAll("#plan .tl-row[data-space]")];
const limits = (row) => Object.fromEntries(["grid", "min", "max", "before", "after"].map((name) => [name, row.dataset[name] / 5]));

// The nearest step of the space's grid, counted from midnight as the server does.
function snap(slot, row, round = Math.round) {
  const { slots, hour, days } = measure(sheet());
  const day = Math.min(Math.floor(slot / slots), days - 1);
  const { grid } = limits(row);
  const within = round((hour * 12 + slot - day * slots) / grid) * grid - hour * 12;
  return day * slots + Math.min(Math.max(within, 0), slots);
}

function moment(slot, isEnd) {
  const { slots, hour, day } = measure(sheet());
  const days = Math.min(Math.floor((isEnd ? slot - 1 : slot) / slots), measure(sheet()).days - 1);
  const minutes = hour * 60 + (slot - days * slots) * 5;
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  const clock = `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return { days, minutes, clock, date: date.toISOString().slice(0, 10) };
}

function times(wish) {
  const [start, end] = [moment(wish.from), moment(wish.to, true)];
  const label = document.querySelectorAll("#plan .hours > a")[start.days]?.textContent;
  return `${label ? `${label} ` : ""}${start.clock}–${end.clock}`;
}

// ---------- what may be: the server judges, this only saves the way

function inTheWay(wish) {
  const { before, after } = limits(wish.row);
  const from = wish.from - before;
  const to = wish.to + after;
  return [...wish.row.querySelectorAll(".bk:not(.ask), .buf")].some((element) => {
    if (wish.key && element.dataset.k === wish.key) return false;
    const other = extent(element);
    return other.from < to && from < other.to;
  });
}

function verdict(wish) {
  const { staff, now, slots } = measure(sheet());
  const { min, max } = limits(wish.row);
  const length = wish.to - wish.from;
  if (Math.floor(wish.from / slots) !== Math.floor((wish.to - 1) / slots)) return "shut";
  if (staff && now >= 0 && wish.to < now) return "past";
  const { first, last } = wish.row.dataset;
  if (!staff && (wish.from < +first || wish.from > +last)) return "far";
  if (inTheWay(wish)) return "taken";
  if (length < min) return "short";
  if (max && length > max) return "long";
  const shut = !staff && [...wish.row.querySelectorAll(".shut")].some((element) => {
    const closed = extent(element);
    return closed.from < wish.to && wish.from < closed.to;
  });
  return shut ? "shut" : "";
}

// ---------- the wish: what is being dragged, by hand or by keys

let wish = null;
const ghost = Object.assign(document.createElement("div"), { className: "wish num" });
const saidOf = (name) => sheet().dataset[`said${name[0].toUpperCase()}${name.slice(1)}`];
const speak = (text) => { document.getElementById("spoken").textContent = text; };
const nameOf = (row) => row.getAttribute("aria-label");

function show(pointer) {
  const { total } = measure(sheet());
  const track = wish.row.querySelector(".track");
  if (ghost.parentElement !== track) track.append(ghost);
  wish.wrong = verdict(wish);
  ghost.classList.toggle("no", wish.wrong !== "");
  ghost.textContent = times(wish);
  ghost.style.left = `${(wish.from / total) * 100}%`;
  ghost.style.width = `${((wish.to - wish.from) / total) * 100}%`;
  const hint = wish.wrong ? saidOf(wish.wrong) : saidOf(wish.kind === "new" ? "new" : "move");
  tip.textContent = `${times(wish)} · ${nameOf(wish.row)} · ${wish.keys ? "" : hint}`.replace(/ · $/, wish.wrong ? ` · ${hint}` : "");
  tip.hidden = false;
  const edge = ghost.getBoundingClientRect();
  const x = pointer ? pointer.clientX + 14 : edge.left;
  const y = pointer ? pointer.clientY + 18 : edge.bottom + 6;
  tip.style.left = `${Math.max(8, Math.min(x, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.min(y, innerHeight - tip.offsetHeight - 8)}px`;
  if (wish.keys) speak(`${times(wish)}, ${nameOf(wish.row)}${wish.wrong ? `. ${hint}` : ""}`);
}

function begin(kind, row, bar, span) {
  wish = { kind, row, bar, key: bar?.dataset.k, ...span, origin: { ...span, row } };
  bar?.classList.add("going");
  plan().classList.add("dragging");
}

function end() {
  if (!wish) return;
  wish.bar?.classList.remove("going");
  plan().classList.remove("dragging");
  ghost.remove();
  tip.hidden = true;
  wish = null;
}

const unchanged = () => wish.from === wish.origin.from && wish.to === wish.origin.to && wish.row === wish.origin.row;

function commit() {
  const { kind, row, bar, from, to, wrong } = wish;
  if (kind !== "new" && unchanged()) return end();
  if (wrong) {
    const said = saidOf(wrong);
    end();
    return document.dispatchEvent(new CustomEvent("say", { detail: { value: said, tone: "error" } }));
  }
  const start = moment(from);
  const minutes = (to - from) * 5;
  if (kind === "new") {
    const more = new URLSearchParams({ day: start.date, at: start.clock, minutes, ...(measure(sheet()).staff ? {} : { people: 1 }) });
    location.assign(`${sheet().dataset.new.replace(ANY, row.dataset.space)}${more}`);
    return undefined;
  }
  send(`${bar.href}move/`, { space: row.dataset.space, day: start.date, at: start.clock, minutes }).then(end, end);
  return undefined;
}

function send(url, values) {
  const form = document.getElementById("plan-move");
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  return htmx.ajax("POST", url, { source: form, values: htmx.values(form), swap: "none" });
}

// After a move: say so, offer to take it back, and draw anew.
document.addEventListener("moved", (event) => {
  const { said, url, space, day, at, minutes } = event.detail;
  end();
  const undo = { label: saidOf("undo"), run: () => send(url, { space, day, at, minutes }) };
  document.dispatchEvent(new CustomEvent("say", { detail: { value: said, tone: "info", action: undo } }));
  htmx.trigger("#plan", "reload");
});

// ---------- by hand

let press = null;
const slotAt = (row, x) => {
  const edge = row.querySelector(".track").getBoundingClientRect();
  return ((x - edge.left) / edge.width) * measure(sheet()).total;
};

function pressed(event) {
  const track = event.target.closest("#plan .track");
  const row = track?.closest(".tl-row[data-space]");
  if (!row || event.button || wish) return;
  const bar = event.target.closest(".bk");
  if (bar && !bar.hasAttribute("data-m")) return;
  press = { x: event.clientX, y: event.clientY, row, bar, touch: event.pointerType !== "mouse" };
  press.slot = slotAt(row, event.clientX);
  if (press.touch) press.timer = setTimeout(() => { navigator.vibrate?.(15); start(event); }, HOLD);
}

function start(event) {
  const { row, bar, slot } = press;
  if (!bar) {
    const from = snap(slot, row, Math.floor);
    begin("new", row, null, { from, to: from + limits(row).grid });
  } else {
    const edge = bar.getBoundingClientRect();
    const wide = edge.width > 3 * EDGE;
    const kind = wide && press.x - edge.left < EDGE ? "start" : wide && edge.right - press.x < EDGE ? "end" : "move";
    begin(kind, row, bar, extent(bar));
  }
  wish.hand = true;
  follow(event);
}

function follow(event) {
  const slot = slotAt(wish.row, event.clientX);
  const { from, to } = wish.origin;
  const step = limits(wish.row).grid;
  if (wish.kind === "new") {
    const first = snap(Math.min(press.slot, slot), wish.row, Math.floor);
    wish.from = first;
    wish.to = Math.max(snap(Math.max(press.slot, slot), wish.row, Math.ceil), first + step);
  } else if (wish.kind === "start") wish.from = Math.min(snap(slot, wish.row), to - step);
  else if (wish.kind === "end") wish.to = Math.max(snap(slot, wish.row), from + step);
  else {
    const under = document.elementsFromPoint(event.clientX, event.clientY).map((item) => item.closest?.("#plan .tl-row[data-space]")).find(Boolean);
    if (under) wish.row = under;
    shift(from + slot - press.slot);
  }
  scroll(event);
  show(event);
}

// Keeps the length; a day of the plan is never left.
function shift(from) {
  const { slots, days } = measure(sheet());
  const length = wish.origin.to - wish.origin.from;
  const day = Math.min(Math.max(Math.floor((from + length / 2) / slots), 0), days - 1);
  const first = day * slots;
  wish.from = Math.min(Math.max(snap(Math.max(from, first), wish.row), first), first + slots - Math.min(length, slots));
  wish.to = wish.from + length;
}

function scroll(event) {
  const box = document.querySelector("#plan .tl-scroll");
  const edge = box.getBoundingClientRect();
  const near = (low, value, high) => (value < low + 36 ? -12 : value > high - 36 ? 12 : 0);
  box.scrollBy(near(edge.left + 190, event.clientX, edge.right), near(edge.top + 38, event.clientY, edge.bottom));
}

document.addEventListener("pointerdown", pressed);
document.addEventListener("pointermove", (event) => {
  if (wish?.hand) return follow(event);
  if (!press) return undefined;
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > (press.touch ? 2 * NEAR : NEAR);
  if (far && press.touch) { clearTimeout(press.timer); press = null; } else if (far) start(event);
  return undefined;
});

// The click that follows a drag is none.
function release(done) {
  clearTimeout(press?.timer);
  press = null;
  if (!wish?.hand) return;
  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 50);
  done();
}
document.addEventListener("pointerup", () => release(commit));
document.addEventListener("pointercancel", () => release(end));
document.addEventListener("touchmove", (event) => { if (wish?.hand) event.preventDefault(); }, { passive: false });
document.addEventListener("contextmenu", (event) => { if (wish?.hand || press?.touch) event.preventDefault(); });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#plan .track")) event.preventDefault(); });

// ---------- by keys

const stops = (row) => [...row.querySelectorAll("a.bk, a.gap")].sort((one, other) => extent(one).from - extent(other).from);
const here = () => document.activeElement?.closest("#plan .track a");

function stand(stop) {
  if (!stop) return;
  for (const other of document.querySelectorAll('#plan .track a[tabindex="0"]')) other.tabIndex = -1;
  stop.tabIndex = 0;
  stop.focus();
  stop.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(way) {
  const all = stops(here().closest(".tl-row"));
  return all[all.indexOf(here()) + way];
}

function above(way) {
  const rows = [...document.querySelectorAll("#plan .tl-row")];
  const at = extent(here()).from;
  for (let n = rows.indexOf(here().closest(".tl-row")) + way; rows[n]; n += way) {
    const found = stops(rows[n]);
    if (found.length) return found.reduce((best, one) => (Math.abs(extent(one).from - at) < Math.abs(extent(best).from - at) ? one : best));
  }
  return null;
}

function lift(bar) {
  if (!bar?.hasAttribute("data-m")) return;
  begin("move", bar.closest(".tl-row"), bar, extent(bar));
  wish.keys = true;
  speak(saidOf("keys"));
  show();
}

function carry(event) {
  const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 }[event.key];
  if (event.key === "Enter") { event.preventDefault(); const { bar } = wish; commit(); bar.focus(); return; }
  if (event.key === "Escape") { const { bar } = wish; end(); speak(saidOf("stays")); bar.focus(); return; }
  if (!way) return;
  event.preventDefault();
  const { total, slots } = measure(sheet());
  const { grid } = limits(wish.row);
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const rows = rowsOf();
    wish.row = rows[rows.indexOf(wish.row) + way] ?? wish.row;
    wish.row.scrollIntoView({ block: "nearest" });
  } else if (event.shiftKey) wish.to = Math.min(Math.max(wish.to + way * grid, wish.from + grid), total);
  else {
    const by = way * (event.key.startsWith("Page") ? slots : grid);
    if (wish.from + by >= 0 && wish.to + by <= total) { wish.from += by; wish.to += by; }
  }
  show();
}

const keys = {
  ArrowLeft: () => stand(beside(-1)),
  ArrowRight: () => stand(beside(1)),
  ArrowUp: () => stand(above(-1)),
  ArrowDown: () => stand(above(1)),
  Home: () => stand(stops(here().closest(".tl-row"))[0]),
  End: () => stand(stops(here().closest(".tl-row")).at(-1)),
  m: () => lift(here()),
};
const anywhere = {
  "[": () => document.querySelector("#plan .step a:first-of-type")?.click(),
  "]": () => document.querySelector('#plan .step [data-step="1"]')?.click(),
  t: () => document.querySelector("#plan .step .today")?.click(),
  "?": () => document.getElementById("plan-help").togglePopover(),
};

document.addEventListener("keydown", (event) => {
  if (wish?.keys) return carry(event);
  if (wish && event.key === "Escape") return release(end);
  if (event.target.closest("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey) return undefined;
  const run = (here() && keys[event.key]) || anywhere[event.key];
  if (!run || document.querySelector("dialog[open]")) return undefined;
  event.preventDefault();
  return run();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-lift]");
  if (!button) return;
  event.preventDefault();
  const bar = document.querySelector(`#plan a.bk[data-m][href="${button.dataset.lift}"]`);
  document.querySelector("[data-card-close]").click();
  bar?.focus();
  lift(bar);
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

// One stop for Tab; arrows go on from there.
function rove() {
  const links = document.querySelectorAll("#plan .track a");
  for (const link of links) link.tabIndex = -1;
  const first = document.querySelector("#plan .track a.bk") ?? links[0];
  if (first) first.tabIndex = 0;
  const box = sheet();
  if (box?.dataset.now) box.style.setProperty("--now", `${(100 * box.dataset.now) / measure(box).total}%`);
}
rove();

// ---------- kept up to date, without taking away what somebody is at

const busy = () => wish || press || document.querySelector("#plan details[open], #plan-day:focus, #card:not([hidden])");
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "plan" && busy()) event.preventDefault();
});

let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "plan" || event.detail.xhr.status !== 200) return;
  if (event.detail.elt.id === "plan" && busy()) { event.detail.shouldSwap = false; return; }
  const box = document.querySelector("#plan .tl-scroll");
  const bar = here();
  kept = { left: box?.scrollLeft, top: box?.scrollTop, focus: bar && { href: bar.getAttribute("href"), row: bar.closest(".tl-row").dataset.space } };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!kept || !sheet()) return;
  const { left, top, focus } = kept;
  kept = null;
  rove();
  document.querySelector("#plan .tl-scroll").scrollTo(left, top);
  if (!focus) return;
  const links = [...document.querySelectorAll("#plan .track a")].filter((link) => link.getAttribute("href") === focus.href);
  stand(links.find((link) => link.hasAttribute("data-m")) ?? links.find((link) => link.closest(".tl-row").dataset.space === focus.row) ?? links[0]);
});
