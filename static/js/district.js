// What pages do beyond links and forms. Everything here has a way without it.

const words = document.body.dataset;
const toasts = document.getElementById("toasts");

function say(text, tone = "info", action = null) {
  const toast = document.createElement("p");
  toast.className = `said ${tone}`;
  toast.append(text);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = action.label;
    button.addEventListener("click", () => { toast.remove(); action.run(); });
    toast.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn quiet";
  close.textContent = "✕";
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  toasts.append(toast);
  fade(toast);
}

// A toast stays while somebody points at it.
function fade(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast) : toast.remove()), 8000);
}

function speak(text) { document.getElementById("spoken").textContent = text; }

// The server may say something beside what it swaps: HX-Trigger {"say": "…"}.
document.addEventListener("say", (event) => say(event.detail.value, event.detail.tone, event.detail.action));
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.elt.hasAttribute("data-poll")) say(words.offline, "error");
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 409 && event.detail.xhr.status !== 422) say(words.failed, "error");
});

// A thin line above the page while something is under way, but not for polling.
const line = document.getElementById("loading");
let pending = 0;
const counts = (event) => !event.detail.elt.hasAttribute("data-poll");
document.addEventListener("htmx:beforeSend", (event) => { if (counts(event)) line.classList.toggle("on", ++pending > 0); });
document.addEventListener("htmx:afterRequest", (event) => {
  if (counts(event)) { pending = Math.max(0, pending - 1); line.classList.toggle("on", pending > 0); }
});

// Focus, and what was typed meanwhile, survive when a part of the page is replaced.
let before = null;
document.addEventListener("htmx:beforeSwap", () => {
  const element = document.activeElement;
  before = element?.id ? { id: element.id, typed: element.type === "search" ? element.value : null } : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const again = before && document.getElementById(before.id);
  if (again && document.activeElement === document.body) again.focus();
  if (again && before.typed !== null && again.value !== before.typed) {
    again.value = before.typed;
    again.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const target = event.detail.target ?? event.target;
  const told = target.matches?.("[data-announce]") ? target : target.querySelector?.("[data-announce]");
  if (told) speak(told.dataset.announce);
  target.querySelector?.("[data-focus]")?.focus();
});
document.querySelector("[data-focus]")?.focus();

// How much is unread stands before the title too; a menu that opens loads what is in it.
document.addEventListener("htmx:afterSettle", () => {
  const unread = document.getElementById("bell")?.dataset.unread;
  if (unread === undefined) return;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = unread === "0" ? title : `(${unread}) ${title}`;
});
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (menu.open && menu.dataset.load) htmx.trigger(menu.dataset.load, "load-now");
}, true);

// Polling rests while nobody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.hasAttribute("data-poll")) event.preventDefault();
});

// Menus close on a click elsewhere, on Escape and when the keyboard leaves them.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
// A press of the pointer closes at its click: what moved under it before would swallow it.
document.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) closeMenus(event.target); });
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// The palette: pages of the menu at once, everything else from the search.
const palette = document.getElementById("palette");
const query = document.getElementById("palette-query");
const pages = document.getElementById("palette-pages");

function showPages() {
  const wanted = query.value.trim().toLowerCase();
  const seen = new Set();
  pages.replaceChildren();
  for (const link of document.querySelectorAll(".side a.nav, .pt-top nav a, .tabbar a")) {
    const label = (link.querySelector("span") ?? link).textContent.trim();
    if (seen.has(link.href) || !label.toLowerCase().includes(wanted)) continue;
    seen.add(link.href);
    const copy = document.createElement("a");
    copy.href = link.href;
    copy.append(label);
    const item = document.createElement("li");
    item.append(copy);
    pages.append(item);
  }
  pages.previousElementSibling.hidden = pages.children.length === 0;
}

function openPalette(event) {
  if (!palette || palette.open) return;
  event.preventDefault();
  showPages();
  palette.showModal();
  query.select();
}

function step(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  const stops = [query, ...palette.querySelectorAll("a")];
  event.preventDefault();
  stops[(stops.indexOf(document.activeElement) + way + stops.length) % stops.length].focus();
}

if (palette) {
  query.addEventListener("input", showPages);
  palette.addEventListener("keydown", step);
  let answered = "";
  palette.addEventListener("htmx:afterSwap", (event) => {
    answered = event.detail.requestConfig?.parameters.get?.("q") ?? event.detail.requestConfig?.parameters.q;
  });
  // Enter opens the first that is offered, as the list says; what was found for less is not meant.
  query.form.addEventListener("submit", (event) => {
    const first = palette.querySelector(answered === query.value ? "#palette-pages a, #palette-hits a" : "#palette-pages a");
    if (!first || !query.value.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    location.assign(first.href);
  }, true);
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") openPalette(event);
  });
  document.addEventListener("click", (event) => { if (event.target.closest("a[data-palette]")) openPalette(event); });
  for (const key of document.querySelectorAll("kbd")) {
    if (/mac/i.test(navigator.platform)) key.textContent = key.textContent.replace("Ctrl ", "⌘");
  }
}

// Details open beside the page where there is room; elsewhere the link just leads to its page.
const drawer = document.getElementById("drawer");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-drawer]");
  if (!link || !drawer || innerWidth < 768 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  drawer.querySelector("[data-drawer-page]").href = link.href;
  htmx.ajax("GET", link.href, { target: "#drawer-body", select: "#content > *", swap: "innerHTML" })
    .then(() => drawer.showModal());
});
document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-dialog-close]"))) dialog.close();
});

// Leaving with unsaved changes asks first.
let unsaved = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) unsaved = true; });
document.addEventListener("submit", () => { unsaved = false; });
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  say(button.dataset.copied);
});

// A choice that narrows a form sends it at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// One box picks all rows of a page.
function offerPickAll() { for (const box of document.querySelectorAll("[data-pick-all]")) box.hidden = false; }
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  for (const box of event.target.closest("table").querySelectorAll("tbody .pick input")) box.checked = event.target.checked;
});
document.addEventListener("htmx:afterSettle", offerPickAll);
offerPickAll();
