/* Cells typed into the sheet of a class go to the server by themselves, one at a time or in small batches.
 *
 * typing-keys.js says "typed" at an input whose text is another one; this says "answered" at it when something has become
 * of it. On the input: data-text what was typed last, data-saved what the server has, data-was on what it is based
 * (as the server names it), and of a conflict data-theirs and data-their-text. On its cell: data-state.
 *
 * What is not saved stays in the window's sessionStorage until it is: after a lost connection or a new sign-in it is
 * sent again. It holds opaque keys, never names, and ends with the window; signing out empties it.
 */
"use strict";
(() => {
  const form = document.querySelector("form[data-typing]");
  if (!form) return;
  const words = JSON.parse(form.dataset.words);
  const heads = [...form.querySelectorAll("thead th[data-column]")];
  const inputs = [...form.querySelectorAll("tbody input")];
  const state = form.querySelector(".state");
  const way = form.querySelector("[data-way]");
  const signIn = way.textContent;
  const KEPT = "typing ";
  const MOST = 200;
  const PAUSE_MS = 100;
  const { filled, pause } = Sending;

  const waiting = new Set(); // inputs to be sent
  const underWay = new Map(); // input -> the text that was sent
  let trouble = ""; // "", "offline", "signed_out" or "refused"
  let failures = 0;
  let timer = 0;
  let said = "";

  const cellOf = (input) => input.parentElement;
  const rowOf = (input) => cellOf(input).parentElement.dataset.row;
  const columnOf = (input) => heads[cellOf(input).cellIndex - 1].dataset.column;
  const byPlace = new Map(inputs.map((input) => [`${rowOf(input)} ${columnOf(input)}`, input]));
  const isInQuestion = (input) => ["refused", "conflict"].includes(cellOf(input).dataset.state);

  function mark(input, name) {
    if (name) cellOf(input).dataset.state = name;
    else delete cellOf(input).dataset.state;
    if (isInQuestion(input)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // ---- what is kept in the window ----

  function keep() {
    const unsaved = inputs.filter((input) => waiting.has(input) || underWay.has(input) || isInQuestion(input));
    const rows = unsaved.map((input) => [rowOf(input), columnOf(input), input.dataset.text, input.dataset.was]);
    try {
      if (rows.length) sessionStorage.setItem(KEPT + form.dataset.keep, JSON.stringify(rows));
      else sessionStorage.removeItem(KEPT + form.dataset.keep);
    } catch { /* without storage the page itself still holds everything */ }
  }

  /** Puts back what was typed before the page was loaded anew. What somebody else typed in this window is thrown away. */
  function restore() {
    const person = form.dataset.keep.split("/")[0];
    let rows = [];
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(KEPT) && !key.startsWith(`${KEPT}${person}/`)) sessionStorage.removeItem(key);
      }
      rows = JSON.parse(sessionStorage.getItem(KEPT + form.dataset.keep) || "[]");
    } catch { return; }
    const homeless = [];
    for (const [row, column, text, was] of rows) {
      const input = byPlace.get(`${row} ${column}`);
      if (!input) { homeless.push(text); continue; }
      input.value = input.dataset.text = text;
      input.dataset.was = was;
      send(input);
    }
    if (homeless.length) say(filled(words.without_place, { texts: homeless.join("; ") }));
    else if (rows.length) say(filled(words.sent_again, { n: rows.length }));
  }

  // ---- what the bar says ----

  function say(sentence) {
    said = sentence;
    tell();
  }

  function tell() {
    const open = waiting.size + underWay.size;
    const inQuestion = inputs.filter(isInQuestion).length;
    const sentences = [said];
    if (trouble) sentences.push(filled(words[trouble], { n: open }));
    else if (open) sentences.push(filled(words.saving, { n: open }));
    if (inQuestion) sentences.push(filled(words.in_question, { n: inQuestion }));
    if (!trouble && !open && !inQuestion) sentences.push(words.saved);
    const text = sentences.filter(Boolean).join(" · ");
    if (state.textContent !== text) state.textContent = text;
    form.querySelector("[data-next]").hidden = !inQuestion;
    way.hidden = trouble !== "signed_out" && trouble !== "refused";
    if (trouble === "refused") { way.href = location.href; way.textContent = "↻"; }
    else { way.href = form.dataset.signIn; way.textContent = signIn; }
  }

  // ---- to the server and back ----

  function send(input) {
    waiting.add(input);
    mark(input, "waiting");
    said = said === words.nothing_to_undo ? "" : said;
    keep();
    tell();
    later(failures ? pause(failures) : PAUSE_MS);
  }

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(flush, milliseconds);
  }

  /** One request at a time, so that none overtakes another; a page that is about to go sends what it still has. */
  async function flush({ isLast = false } = {}) {
    clearTimeout(timer);
    if (underWay.size && !isLast) return;
    const batch = [...waiting].filter((input) => !underWay.has(input)).slice(0, MOST);
    if (!batch.length) return;
    const sent = new Map(batch.map((input) => [input, input.dataset.text]));
    sent.forEach((text, input) => { underWay.set(input, text); waiting.delete(input); mark(input, "saving"); });
    tell();
    const cells = batch.map((input) => [rowOf(input), columnOf(input), input.dataset.text, input.dataset.was]);
    const result = await ask(cells);
    sent.forEach((_text, input) => underWay.delete(input));
    if (result.answers) {
      trouble = "";
      failures = 0;
      for (const answer of result.answers) take(answer, sent);
    } else {
      trouble = result.trouble;
      failures += 1;
      sent.forEach((_text, input) => { waiting.add(input); mark(input, "waiting"); });
    }
    keep();
    tell();
    if (waiting.size && !trouble) later(0);
    else if (trouble === "offline") later(pause(failures));
  }

  /** {answers} or {trouble}. The answer may come after the page has gone: then the server has it all the same. */
  async function ask(cells) {
    const { response, trouble: inTheWay } = await Sending.post(form.dataset.typing, {
      body: JSON.stringify({ round: form.dataset.round, cells }),
      headers: { "Content-Type": "application/json" },
      token: form.elements.csrfmiddlewaretoken.value,
    });
    if (inTheWay) return { trouble: inTheWay };
    try {
      return { answers: (await response.json()).cells };
    } catch {
      return { trouble: "offline" };
    }
  }

  function take(answer, sent) {
    const input = byPlace.get(`${answer.pupil} ${answer.indicator}`);
    if (!input) return;
    const text = sent.get(input);
    if (answer.state === "conflict") {
      input.dataset.theirs = answer.was;
      input.dataset.theirText = answer.text;
    } else if (answer.state === "saved") {
      input.dataset.was = answer.was;
      input.dataset.saved = answer.text;
    }
    input.dataset.sentence = answer.sentence;
    if (waiting.has(input)) return; // typed over meanwhile, and sent again
    if (answer.state === "saved") {
      if (input.dataset.text === text) input.dataset.text = answer.text;
      if (input.value.trim() === text && input.value !== answer.text) {
        input.value = answer.text;
        if (document.activeElement === input) input.select();
      }
    }
    if (answer.state !== "refused") draw(input, answer);
    mark(input, answer.state);
    input.dispatchEvent(new CustomEvent("answered", { bubbles: true }));
  }

  function draw(input, answer) {
    const cell = cellOf(input);
    const first = cell.classList.contains("first") ? " first" : "";
    cell.className = answer.look + first;
    cell.querySelector("b").textContent = `${answer.word} `;
  }

  /** The text is back where the server has it: there is nothing to send. */
  function rest(input) {
    waiting.delete(input);
    mark(input, "");
    keep();
    tell();
  }

  form.addEventListener("typed", (event) => {
    const input = event.target;
    said = "";
    const isConflict = cellOf(input).dataset.state === "conflict";
    if (isConflict && input.dataset.text === input.dataset.theirText) {
      input.dataset.was = input.dataset.theirs;
      input.dataset.saved = input.dataset.theirText;
    }
    if (input.dataset.text === input.dataset.saved && !underWay.has(input)) rest(input);
    else send(input);
  });

  /** Over what somebody else has recorded, now that the person has seen it. */
  form.addEventListener("insisted", (event) => {
    event.target.dataset.was = event.target.dataset.theirs;
    send(event.target);
  });

  form.addEventListener("said", (event) => say(event.detail));

  addEventListener("online", () => { if (trouble === "offline") flush(); });
  // Perhaps the person has signed in again in another window.
  addEventListener("focus", () => { if (trouble === "signed_out") flush(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && !trouble) flush(); });
  way.addEventListener("click", () => { way.dataset.followed = ""; });
  addEventListener("beforeunload", (event) => {
    flush({ isLast: true });
    const isKept = "followed" in way.dataset; // and sent when the person is back
    if (!isKept && (waiting.size || (trouble && underWay.size))) event.preventDefault();
  });

  inputs.forEach((input) => { input.dataset.text = input.value; });
  form.querySelector("[data-save]").hidden = true;
  restore();
  tell();
})();
