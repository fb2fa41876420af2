/* The panel of a cell: hover, focus, a click or a long press shows what components/cell_panel.html says about it.
 * The address is the table's data-panel with {row} from the row's data-row and {column} from the head's data-column.
 * The head of a column opens one, too, where the table has data-heads (an address with {column}): what is being done
 * about the indicator, and a link to the page to which the head leads without script.
 * A click, a tap or Enter keeps the panel open, and Enter goes on into it; Escape closes it and goes back to the cell.
 * The pointer may enter the panel. Without script the name of the row and the head of the column lead to the
 * same facts.
 */
"use strict";
(() => {
  const HOVER_MS = 220;
  const LEAVE_MS = 180;
  const PRESS_MS = 500;

  const panel = document.createElement("div");
  panel.className = "panel";
  panel.setAttribute("role", "status");
  panel.tabIndex = -1;
  panel.hidden = true;
  document.body.append(panel);

  const answers = new Map();
  let timer = 0;
  let current = null;
  let isKept = false;
  let pointer = "";

  const isHead = (cell) => cell.tagName === "TH";
  const linkOf = (head) => head.querySelector("a");

  function addressOf(cell) {
    if (isHead(cell)) return cell.closest("table").dataset.heads.replace("{column}", encodeURIComponent(cell.dataset.column));
    const table = cell.closest("table[data-panel]");
    const row = cell.parentElement.dataset.row;
    const heads = table.querySelectorAll("thead th[data-column]");
    const namesBefore = [...cell.parentElement.cells].filter((other) => other.tagName === "TH").length;
    const head = heads[cell.cellIndex - namesBefore];
    if (!row || !head) return null;
    return table.dataset.panel
      .replace("{row}", encodeURIComponent(row))
      .replace("{column}", encodeURIComponent(head.dataset.column));
  }

  /** The fragment at an address, asked for once a page; null when the answer is a refusal or a sign-in page. */
  async function answerOf(address) {
    if (!answers.has(address)) {
      const response = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) return null;
      answers.set(address, await response.text());
    }
    return answers.get(address);
  }

  /** Below the cell if there is room, else above, else beside it; never over it or outside the window. */
  function place(cell) {
    const box = cell.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const rightmost = document.documentElement.clientWidth - width - 8;
    const below = box.bottom + 4;
    const above = box.top - height - 4;
    let left = Math.min(Math.max(8, box.left), rightmost);
    let top = below + height <= window.innerHeight ? below : above;
    if (top < 8) {
      top = 8;
      left = box.right + 4 <= rightmost ? box.right + 4 : Math.max(8, box.left - width - 4);
    }
    panel.style.left = `${left}px`;
    panel.style.top = `${top}px`;
  }

  async function show(cell) {
    const address = addressOf(cell);
    if (!address) return;
    if (current === cell && !panel.hidden) return;
    current = cell;
    const text = await answerOf(address).catch(() => null);
    if (text === null || current !== cell) return;
    panel.innerHTML = text;
    panel.hidden = false;
    place(cell);
    htmx.process(panel);
  }

  async function keep(cell) {
    clearTimeout(timer);
    isKept = true;
    await show(cell);
  }

  function hide() {
    clearTimeout(timer);
    current = null;
    isKept = false;
    panel.hidden = true;
  }

  const later = (milliseconds, act) => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
  const CELLS = "table[data-panel] tbody td, table[data-heads] thead th[data-column]";
  const cellOf = (target) => target instanceof Element && target.closest(CELLS);

  panel.addEventListener("htmx:afterSettle", () => { if (current) place(current); });

  /** Whether the pointer has come to the cell, and not the cell to a pointer that rests: the page was scrolled. */
  function isMoved(event) {
    const before = pointer;
    pointer = `${event.clientX},${event.clientY}`;
    return pointer !== before;
  }

  document.addEventListener("pointermove", isMoved, { passive: true });
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || !isMoved(event) || isKept) return;
    if (panel.contains(event.target)) { clearTimeout(timer); return; }
    const cell = cellOf(event.target);
    if (cell && cell !== current) later(HOVER_MS, () => show(cell));
    else if (!cell && (current || timer)) later(LEAVE_MS, hide);
  });

  document.addEventListener("focusin", (event) => {
    if (panel.contains(event.target)) return;
    const cell = cellOf(event.target);
    // The panel of the cell before would lie over the one that has the focus now.
    if (cell !== current) hide();
    if (cell && event.target.matches(":focus-visible")) later(HOVER_MS, () => show(cell));
  });

  document.addEventListener("click", (event) => {
    if (panel.contains(event.target)) return;
    const cell = cellOf(event.target);
    if (!cell) hide();
    else if (isHead(cell)) openHead(cell, event);
    else keep(cell);
  });

  /** Instead of following the link, unless a new tab is asked for or the panel cannot be had. */
  async function openHead(head, event) {
    if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await keep(head);
    if (panel.hidden) window.location.assign(linkOf(head).href);
    // Pressed by keyboard or a screen reader: what it says must be next.
    else if (event.detail === 0) panel.focus();
  }

  document.addEventListener("touchstart", (event) => {
    const cell = cellOf(event.target);
    if (cell) later(PRESS_MS, () => keep(cell));
  }, { passive: true });
  document.addEventListener("touchmove", () => clearTimeout(timer), { passive: true });
  document.addEventListener("touchend", () => clearTimeout(timer), { passive: true });
  document.addEventListener("contextmenu", (event) => { if (isKept && cellOf(event.target)) event.preventDefault(); });

  document.addEventListener("keydown", async (event) => {
    const cell = cellOf(event.target);
    if (event.key === "Escape") {
      // Also a panel that is on its way: it would come after it was sent away.
      const back = current;
      const wasInside = panel.contains(document.activeElement);
      hide();
      if (wasInside) { (isHead(back) ? linkOf(back) : back).focus(); clearTimeout(timer); }
    } else if (event.key === "Enter" && cell && !isHead(cell)) {
      event.preventDefault();
      await keep(cell);
      if (!panel.hidden) panel.focus();
    }
  });
  document.addEventListener("scroll", (event) => {
    if (current && !panel.contains(event.target)) hide();
  }, { passive: true, capture: true });
})();
