/* Two comforts for the maps. When every column fits, the head sticks to the window instead of an inner scroll box.
 * The arrow keys, Home and End walk between cells, so that Tab passes the map in one step (names stay in Tab order).
 * In a map of pupils the cells themselves are reached; cell-panel.js opens their stories. In others their links are.
 */
"use strict";
(() => {
  const isOfPupils = (grid) => grid.hasAttribute("data-panel");

  /** What is focused in a cell; null where there is nothing. */
  function stopOf(cell) {
    if (!cell || cell.tagName !== "TD") return null;
    return isOfPupils(cell.closest("table")) ? cell : cell.querySelector("a");
  }

  /** How far the heads that stay in view reach, for the scroll margins of the cells (grid.css). */
  function measure(grid) {
    const corner = grid.querySelector(".corner");
    grid.style.setProperty("--head-height", `${grid.tHead.offsetHeight}px`);
    grid.style.setProperty("--names-width", `${corner ? corner.offsetWidth : 0}px`);
  }

  function fit(box) {
    box.querySelectorAll("table.grid").forEach(measure);
    box.classList.remove("fits");
    box.classList.toggle("fits", box.scrollWidth <= box.clientWidth);
  }

  /** The nearest cell that can be focused from (row, column), stepping by (down, right); null at the edge. */
  function nextStop(rows, row, column, down, right) {
    for (let r = row + down, c = column + right; rows[r] && rows[r].cells[c]; r += down, c += right) {
      const stop = stopOf(rows[r].cells[c]);
      if (stop) return stop;
    }
    return null;
  }

  function walk(event) {
    const cell = event.target.closest("tbody td");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = cell.closest("tbody").rows;
    const row = [...rows].indexOf(cell.parentElement);
    const column = cell.cellIndex;
    const moves = {
      ArrowUp: () => nextStop(rows, row, column, -1, 0),
      ArrowDown: () => nextStop(rows, row, column, 1, 0),
      ArrowLeft: () => nextStop(rows, row, column, 0, -1),
      ArrowRight: () => nextStop(rows, row, column, 0, 1),
      Home: () => nextStop(rows, row, 0, 0, 1),
      End: () => nextStop(rows, row, rows[row].cells.length, 0, -1),
    };
    if (!moves[event.key]) return;
    // At the edge, too: the page must not scroll away from the cell that has the focus.
    event.preventDefault();
    const stop = moves[event.key]();
    if (!stop) return;
    event.currentTarget.querySelectorAll("tbody td[tabindex='0'], tbody td a[tabindex='0']").forEach((old) => {
      old.tabIndex = -1;
    });
    stop.tabIndex = 0;
    stop.focus({ preventScroll: true });  // uncover brings it into view
  }

  /** Brings the cell that the keyboard has reached into view, also from below the heads and names: the browser does not
   * scroll what is partly in its window. */
  function uncover(event) {
    const stop = event.target;
    if (stop.closest("tbody td") && stop.matches(":focus-visible")) {
      stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  function prepare(grid) {
    if (isOfPupils(grid)) grid.setAttribute("role", "grid");
    grid.querySelectorAll(isOfPupils(grid) ? "tbody td" : "tbody td a").forEach((stop, index) => {
      stop.tabIndex = index === 0 ? 0 : -1;
    });
    grid.addEventListener("keydown", walk);
    grid.addEventListener("focusin", uncover);
    const box = grid.closest(".grid-scroll");
    if (box) new ResizeObserver(() => fit(box)).observe(document.documentElement);
    if (box) fit(box);
  }

  const prepareNew = (root) => {
    root.querySelectorAll("table.grid:not([data-ready])").forEach((grid) => {
      grid.dataset.ready = "";
      prepare(grid);
    });
  };
  prepareNew(document);
  document.addEventListener("htmx:afterSettle", () => prepareNew(document));
})();
