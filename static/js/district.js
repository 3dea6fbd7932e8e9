// What pages do beyond links and forms. Everything here has a way without it.

const toasts = document.getElementById("toasts");

function say(text, tone = "") {
  const toast = document.createElement("p");
  toast.className = `said ${tone}`;
  toast.textContent = text;
  toasts.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

// The server may say something beside what it swaps: HX-Trigger {"say": "…"}.
document.addEventListener("say", (event) => say(event.detail.value));

document.addEventListener("htmx:sendError", () => {
  say(document.documentElement.lang === "en" ? "No connection. Please try again." : "网络连接失败，请重试。", "error");
});

// Focus comes back to what had it when a part of the page is replaced.
let focused = null;
document.addEventListener("htmx:beforeSwap", () => { focused = document.activeElement?.id || null; });
document.addEventListener("htmx:afterSettle", () => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
});

// Polling rests while nobody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.hasAttribute("data-poll")) event.preventDefault();
});

// Menus close on a click elsewhere and on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  }
  if ((event.metaKey || event.ctrlKey) && event.key === "k") {
    const find = document.getElementById("find");
    if (find) { event.preventDefault(); find.focus(); find.select(); }
  }
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
