// The day plan: what a bar stands for appears beside it. Without this the bar is a link to its page.

const GAP = 8;
let opener = null;

function card() { return document.getElementById("card"); }

function close() {
  card().hidden = true;
  opener?.classList.remove("on");
  opener?.focus();
  opener = null;
}

function place(bar) {
  const box = card();
  const edge = bar.getBoundingClientRect();
  const left = Math.min(Math.max(edge.left, GAP), innerWidth - box.offsetWidth - GAP);
  const below = edge.bottom + GAP + box.offsetHeight < innerHeight;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? edge.bottom + GAP : Math.max(edge.top - GAP - box.offsetHeight, GAP)) + scrollY}px`;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-card-close]")) return close();
  const bar = event.target.closest("a[data-card]");
  for (const other of document.querySelectorAll(".bk.on")) other.classList.remove("on");
  if (!bar) {
    if (!card().hidden && !event.target.closest("#card")) card().hidden = true;
    return undefined;
  }
  if (innerWidth < 768 || event.metaKey || event.ctrlKey || event.shiftKey) return undefined;
  event.preventDefault();
  bar.classList.add("on");
  const next = encodeURIComponent(location.pathname + location.search);
  opener = bar;
  htmx.ajax("GET", `${bar.getAttribute("href")}card/?next=${next}`, { target: "#card", swap: "outerHTML" });
  return undefined;
});

// Only once it has settled: until then htmx still takes away attributes that came from elsewhere.
document.addEventListener("htmx:afterSettle", () => {
  if (!opener || card().hidden || card().style.left) return;
  const lift = card().querySelector("[data-lift]");
  if (lift && opener.hasAttribute("data-m")) lift.hidden = false;
  place(opener);
  card().querySelector("a.btn, button.btn-primary")?.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !card().hidden) close();
});
