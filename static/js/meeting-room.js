/* The keys of the meeting room: 1, 2, 3 choose the outcome, n and p or the arrows go to the next case and the one before,
 * Ctrl+Enter saves, Escape leaves the field. Single keys count only outside of fields, and can be switched off.
 */
"use strict";
(() => {
  const OFF = "meeting keys are off";
  const FIELDS = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
  const form = () => document.querySelector("form.decision");

  let isOn = true;
  try { isOn = localStorage.getItem(OFF) === null; } catch { /* then they are on */ }

  function choose(number) {
    const choice = form() && form().querySelectorAll("[name=outcome]")[number - 1];
    if (!choice) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    const fields = form().querySelector(`.of-${choice.value}`);
    (fields && fields.querySelector("textarea")).focus();
  }

  function follow(rel) {
    const link = document.querySelector(`.case-steps [rel=${rel}]`);
    if (link) link.click();
  }

  const SINGLE = {
    1: () => choose(1),
    2: () => choose(2),
    3: () => choose(3),
    n: () => follow("next"),
    p: () => follow("prev"),
  };
  const ARROWS = { ArrowRight: () => follow("next"), ArrowLeft: () => follow("prev") };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.defaultPrevented) return;
    const { target } = event;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const own = target.closest("form[data-draft]") || form();
      if (own) { event.preventDefault(); own.requestSubmit(own.querySelector("[data-saves]") || own.querySelector("button")); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.matches(FIELDS)) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const act = (isOn && SINGLE[event.key.toLowerCase()]) || (!target.matches("[type=radio]") && isOn && ARROWS[event.key]);
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    const day = event.target.closest("[data-day]");
    if (day) {
      const field = form().elements.due_on;
      field.value = day.dataset.day;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (event.target.closest("[data-keys]")) {
      isOn = !isOn;
      try { if (isOn) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* for this page only */ }
      show();
    }
  });

  function show() {
    document.querySelectorAll(".decides .days, .decides .keys").forEach((each) => { each.hidden = false; });
    document.querySelectorAll("[data-keys]").forEach((each) => each.setAttribute("aria-pressed", String(isOn)));
  }

  // On a small window the list of cases would stand before the case.
  const list = document.querySelector(".cases details");
  if (list && matchMedia("(max-width: 62rem)").matches) list.open = false;
  const current = document.querySelector(".cases [aria-current]");
  if (current && list && list.open) current.scrollIntoView({ block: "nearest" });

  document.addEventListener("shown-again", show);
  show();
})();
