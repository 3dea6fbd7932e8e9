// The countdown of a slot that is kept for whoever fills in its form. It is given back when they
// leave the page without booking; where that fails it ends by itself.

let sent = false;
let ends = 0;
let shown = null;
const spoken = document.getElementById("spoken");

function box() { return document.querySelector("#hold[data-left]"); }

function start() {
  const held = box();
  if (!held || held === shown) return;
  shown = held;
  ends = performance.now() + Number(held.dataset.left) * 1000;
  tick();
}

function tick() {
  const held = box();
  if (!held) return;
  const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  held.querySelector("[data-clock]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  if (left <= 60 && !held.classList.contains("soon")) spoken.textContent = held.dataset.soon;
  held.classList.toggle("soon", left <= 60);
  if (left === 0) end(held);
}

function end(held) {
  held.classList.replace("soon", "over");
  held.textContent = held.dataset.over;
  spoken.textContent = held.dataset.over;
  delete held.dataset.left;
  shown = null;
}

setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", start);
document.addEventListener("submit", () => { sent = true; });
addEventListener("pagehide", () => {
  const held = box();
  if (!held || sent) return;
  const form = new FormData();
  form.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  form.append("hold", held.dataset.hold);
  navigator.sendBeacon(held.dataset.release, form);
});
// Shown again from the browser's memory, the page keeps nothing any more.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
