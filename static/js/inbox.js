// Requests by keyboard: j and k go through them, a approves, d declines, x chooses.

const needs = () => [...document.querySelectorAll("[data-inbox] [data-need]")];

function go(way) {
  const rows = needs();
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(here + way, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  a: (row) => row?.querySelector("[data-approve]")?.click(),
  x: (row) => row?.querySelector("[type=checkbox]")?.click(),
  d: (row) => {
    const menu = row?.querySelector("[data-decline]");
    if (!menu) return;
    menu.open = true;
    menu.querySelector("input[name=reason]").focus();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.metaKey || event.ctrlKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key](document.activeElement.closest("[data-need]"));
});
