/* What the cell of the sheet is about, in the bar; and at the cell, why it is not saved, or the two values to choose from.
 *
 * The other two scripts of the sheet say "typed", "insisted" and "answered" at an input; this one asks for "insisted" (mine
 * is kept) and "taken-back" (theirs is taken).
 */
"use strict";
(() => {
  const form = document.querySelector("form[data-typing]");
  if (!form) return;
  const words = JSON.parse(form.dataset.words);
  const heads = [...form.querySelectorAll("thead th[data-column]")];
  const where = form.querySelector(".where");
  const marks = form.querySelector(".marks");
  const panel = document.createElement("div");
  panel.className = "panel typing-panel";
  panel.id = "typing-panel";
  panel.hidden = true;
  document.body.append(panel);
  let current = null;

  const stateOf = (input) => input.parentElement.dataset.state;
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const say = (input, name) => input.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  function hide() {
    panel.hidden = true;
    if (current) current.removeAttribute("aria-describedby");
  }

  function enter(input) {
    current = input;
    const head = heads[input.parentElement.cellIndex - 1];
    heads.forEach((each) => each.classList.toggle("here", each === head));
    where.hidden = marks.hidden = false;
    const name = head.querySelector(".name").textContent;
    where.textContent = `${input.closest("tr").cells[0].textContent} · ${name} · ${head.dataset.allowed}`;
    show(input);
  }

  function show(input) {
    const isInQuestion = ["refused", "conflict"].includes(stateOf(input)) && input.dataset.sentence;
    if (!isInQuestion || input !== document.activeElement) { hide(); return; }
    const more = stateOf(input) === "conflict" ? choices(input) : [paragraph(words.take_back)];
    panel.replaceChildren(paragraph(input.dataset.sentence), ...more);
    panel.hidden = false;
    input.setAttribute("aria-describedby", panel.id);
    place(input);
  }

  function paragraph(text) {
    const element = document.createElement("p");
    element.textContent = text;
    return element;
  }

  function button(text, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button small";
    element.textContent = text;
    element.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    element.addEventListener("click", act);
    return element;
  }

  function choices(input) {
    const both = document.createElement("p");
    both.className = "buttons";
    both.append(
      button(filled(words.keep_mine, { text: input.dataset.text || words.empty }), () => say(input, "insisted")),
      button(filled(words.take_theirs, { text: input.dataset.theirText || words.empty }), () => say(input, "taken-back")),
    );
    const keys = paragraph(words.keys);
    keys.className = "soft";
    return [both, keys];
  }

  /** Below the cell if there is room, else above; never outside the window. */
  function place(input) {
    const box = input.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left), document.documentElement.clientWidth - panel.offsetWidth - 8);
    const below = box.bottom + 4;
    const above = Math.max(8, box.top - panel.offsetHeight - 4);
    panel.style.left = `${left}px`;
    panel.style.top = `${below + panel.offsetHeight <= innerHeight ? below : above}px`;
  }

  form.addEventListener("focusin", (event) => { if (event.target.matches("tbody input")) enter(event.target); });
  form.addEventListener("focusout", hide);
  ["typed", "insisted", "answered"].forEach((name) => {
    form.addEventListener(name, (event) => { if (event.target === document.activeElement) show(event.target); });
  });
  document.addEventListener("scroll", () => { if (!panel.hidden) place(current); }, { passive: true, capture: true });
})();
