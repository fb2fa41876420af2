/* The keys of the sheet of a class, as spreadsheet programs have taught them; saving is typing-saving.js's.
 *
 * A cell that is entered is selected, so that typing writes over it, and arrows move; F2 or a double click is for
 * editing within it, and then left and right move the caret. Up, down, Enter and Tab always move. After Tab, Enter goes
 * on in the column in which the row was begun.
 */
"use strict";
(() => {
  const form = document.querySelector("form[data-typing]");
  if (!form) return;
  const words = JSON.parse(form.dataset.words);
  const table = form.querySelector("table");
  const heads = [...table.querySelectorAll("thead th[data-column]")];
  const rows = [...table.tBodies[0].rows];
  const marks = form.querySelector(".marks");
  const undoButton = form.querySelector("[data-undo]");
  const PAGE = 10;

  const done = []; // what Ctrl+Z takes back: lists of {input, before, after}
  const undone = [];
  let isEditing = false;
  let current = null;
  let startColumn = null;

  const rowAt = (input) => rows.indexOf(input.closest("tr"));
  const columnAt = (input) => input.parentElement.cellIndex - 1;
  const inputAt = (row, column) => rows[row] && rows[row].cells[column + 1] && rows[row].cells[column + 1].querySelector("input");
  const stateOf = (input) => input.parentElement.dataset.state;
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const announce = (sentence) => form.dispatchEvent(new CustomEvent("said", { detail: sentence }));

  // ---- where one is ----

  function go(input) {
    if (!input) return false;
    input.focus();
    input.select();
    input.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  /** From a cell by steps to the next one that can be typed into; false at the edge. */
  function move(input, down, right) {
    let row = rowAt(input) + down;
    let column = columnAt(input) + right;
    while (row >= 0 && row < rows.length && column >= 0 && column < heads.length) {
      if (inputAt(row, column)) return go(inputAt(row, column));
      row += Math.sign(down);
      column += Math.sign(right);
    }
    return false;
  }

  /** Along the row and on in the next one; false after the last cell, so that Tab leaves the sheet. */
  function walk(input, step) {
    const all = rows.flatMap((row) => [...row.querySelectorAll("input")]);
    return go(all[all.indexOf(input) + step]);
  }

  function edgeOf(input, last) {
    const inRow = [...input.closest("tr").querySelectorAll("input")];
    return go(inRow[last ? inRow.length - 1 : 0]);
  }

  function jump(input, step) {
    const target = Math.min(Math.max(rowAt(input) + step, 0), rows.length - 1);
    return go(inputAt(target, columnAt(input))) || move(input, Math.sign(step), 0);
  }

  // ---- what is typed ----

  function set(input, text) {
    input.value = text;
    input.dataset.text = text;
    input.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  }

  /** Writes the changes down for Ctrl+Z, and sends them on their way. */
  function change(changes) {
    const real = changes.filter(({ before, after }) => before !== after);
    if (!real.length) return;
    done.push(real);
    undone.length = 0;
    undoButton.disabled = false;
    real.forEach(({ input, after }) => set(input, after));
  }

  function commit(input) {
    const after = input.value.trim();
    isEditing = false;
    if (after === input.dataset.text) input.value = after;
    else change([{ input, before: input.dataset.text, after }]);
  }

  function stepBack(from, to, textOf) {
    if (current && current.value.trim() !== current.dataset.text) { takeBack(current); return; }
    let changes = from.pop();
    // What was refused and taken back with Escape is back already.
    while (changes && changes.every((each) => textOf(each) === each.input.dataset.text)) changes = from.pop();
    undoButton.disabled = !done.length;
    if (!changes) { announce(words.nothing_to_undo); return; }
    to.push(changes);
    undoButton.disabled = !done.length;
    changes.forEach((each) => set(each.input, textOf(each)));
    announce(filled(words.undone, { n: changes.length }));
    go(changes[0].input);
  }

  const undo = () => stepBack(done, undone, ({ before }) => before);
  const redo = () => stepBack(undone, done, ({ after }) => after);

  /** What is being typed, else what was refused or stands against somebody else's, gives way to what is saved. */
  function takeBack(input) {
    isEditing = false;
    if (input.value.trim() !== input.dataset.text) input.value = input.dataset.text;
    else if (stateOf(input) === "conflict") set(input, input.dataset.theirText);
    else if (stateOf(input) === "refused") set(input, input.dataset.saved);
    input.select();
  }

  function edit(input) {
    isEditing = true;
    input.setSelectionRange(input.value.length, input.value.length);
  }

  const insist = (input) => input.dispatchEvent(new CustomEvent("insisted", { bubbles: true }));

  // ---- keys ----

  const ALWAYS = {
    ArrowUp: (input) => move(input, -1, 0),
    ArrowDown: (input) => move(input, 1, 0),
    PageUp: (input) => jump(input, -PAGE),
    PageDown: (input) => jump(input, PAGE),
  };
  const NOT_EDITING = {
    ArrowLeft: (input) => move(input, 0, -1),
    ArrowRight: (input) => move(input, 0, 1),
    Home: (input) => edgeOf(input, false),
    End: (input) => edgeOf(input, true),
  };

  function enter(input, up) {
    commit(input);
    const column = startColumn === null || up ? columnAt(input) : startColumn;
    startColumn = null;
    if (column !== columnAt(input) && go(inputAt(rowAt(input) + 1, column))) return;
    if (!move(input, up ? -1 : 1, 0)) input.select();
  }

  function tab(event, input) {
    commit(input);
    if (startColumn === null) startColumn = columnAt(input);
    const start = startColumn;
    if (walk(input, event.shiftKey ? -1 : 1)) event.preventDefault();
    startColumn = start;
  }

  function withControl(event, input) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) undo();
    else if (key === "y" || key === "z") redo();
    else if (key === "enter" && stateOf(input) === "conflict") insist(input);
    else if (key === "home") go(inputAt(0, 0) || table.querySelector("tbody input"));
    else if (key === "end") go([...table.querySelectorAll("tbody input")].pop());
    else return;
    event.preventDefault();
  }

  table.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.tagName !== "INPUT" || event.isComposing || event.altKey) return;
    if (event.ctrlKey || event.metaKey) { withControl(event, input); return; }
    if (event.key === "Tab") { tab(event, input); return; }
    const isStep = event.key in ALWAYS || (!isEditing && event.key in NOT_EDITING);
    if (isStep && !event.shiftKey) {
      commit(input);
      startColumn = null;
      (ALWAYS[event.key] || NOT_EDITING[event.key])(input);
    } else if (event.key === "Enter") {
      enter(input, event.shiftKey);
    } else if (event.key === "Escape") {
      takeBack(input);
    } else if (event.key === "F2") {
      edit(input);
    } else if (event.key === "Delete" && !isEditing) {
      input.value = "";
      commit(input);
    } else {
      return;
    }
    event.preventDefault();
  });

  // A click selects the cell, a double click is for editing within it.
  table.addEventListener("mousedown", (event) => {
    if (event.target.tagName !== "INPUT" || event.button !== 0) return;
    startColumn = null;
    if (isEditing && event.target === document.activeElement) return;
    event.preventDefault();
    go(event.target);
  });
  table.addEventListener("dblclick", (event) => {
    if (event.target.tagName === "INPUT") edit(event.target);
  });

  table.addEventListener("focusin", (event) => {
    if (event.target.tagName !== "INPUT") return;
    current = event.target;
    isEditing = false;
    current.select();
  });
  table.addEventListener("focusout", (event) => {
    if (event.target.tagName === "INPUT") commit(event.target);
  });
  form.addEventListener("taken-back", (event) => takeBack(event.target));
  addEventListener("pagehide", () => { if (current) commit(current); });
  addEventListener("beforeunload", () => { if (current) commit(current); }, { capture: true });

  // ---- a block from a spreadsheet program ----

  /** Rows of texts. A cell with a line break stands in quotation marks, doubled within. */
  function blockOf(text) {
    const cells = [[""]];
    let isQuoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at];
      const row = cells[cells.length - 1];
      if (isQuoted && sign === '"' && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
      else if (isQuoted && sign === '"') isQuoted = false;
      else if (isQuoted) row[row.length - 1] += sign;
      else if (sign === '"' && row[row.length - 1] === "") isQuoted = true;
      else if (sign === "\t") row.push("");
      else if (sign === "\n") cells.push([""]);
      else if (sign !== "\r") row[row.length - 1] += sign;
    }
    if (text.endsWith("\n")) cells.pop();
    return cells.map((row) => row.map((cell) => cell.replace(/\s+/g, " ").trim()));
  }

  table.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData.getData("text/plain");
    const block = blockOf(text);
    if (input.tagName !== "INPUT" || (block.length === 1 && block[0].length === 1 && !/[\r\n]/.test(text))) return;
    event.preventDefault();
    const [top, left] = [rowAt(input), columnAt(input)];
    const typed = block.flatMap((row, down) => row.map((after, right) => ({ after, input: inputAt(top + down, left + right) })));
    const changes = typed.filter(({ after }) => after !== "");
    const placed = changes.filter((each) => each.input);
    if (input.value.trim() !== input.dataset.text) input.value = input.dataset.text;
    change(placed.map((each) => ({ ...each, before: each.input.dataset.text })));
    const leftOut = changes.length - placed.length;
    const sentences = [filled(words.pasted, { n: placed.length })];
    if (leftOut) sentences.push(filled(words.left_out, { n: leftOut }));
    announce(`${sentences.join(". ")}.`);
    go(input);
  });

  // ---- the bar's buttons ----

  form.querySelector(".typing-bar").addEventListener("mousedown", (event) => {
    if (event.target.closest("button")) event.preventDefault(); // the cell keeps the focus
  });
  marks.addEventListener("click", (event) => {
    if (!current || !event.target.dataset.mark) return;
    current.value = event.target.dataset.mark;
    commit(current);
    if (!move(current, 1, 0)) current.select();
  });
  undoButton.addEventListener("click", undo);
  form.querySelector("[data-next]").addEventListener("click", () => {
    const inQuestion = [...table.querySelectorAll("td[data-state='refused'] input, td[data-state='conflict'] input")];
    go(inQuestion[(inQuestion.indexOf(current) + 1) % inQuestion.length]);
  });
  form.querySelector(".how").hidden = false;
  undoButton.hidden = false;
  undoButton.disabled = true;
  form.addEventListener("submit", (event) => event.preventDefault());
})();
