/* A session that ends takes nothing with it: what was typed into a form with data-guard is given back on the same page,
 * once the same person has signed in again.
 *
 * It waits in the window's sessionStorage, by person and page, and ends with the window. It is given back only after the
 * sign-in page has stood between: whoever leaves a page, or has saved, finds nothing of it. What is another person's is
 * removed before anything is read, signing out empties the storage, and nothing is kept longer than a session lasts.
 * <body data-person="key, or empty where nobody is signed in" data-kept-words="what is said when it is back">
 */
"use strict";
(() => {
  const KEPT = "form ";
  const LONGEST_MS = 10 * 60 * 60 * 1000;
  const { person, keptWords } = document.body.dataset;
  const here = location.pathname + location.search;
  const TYPED = "input:not([type=hidden], [type=file], [type=password], [type=submit], [type=search]), select, textarea";

  const fieldsOf = (form) => [...form.elements].filter((element) => element.name && element.matches(TYPED));
  const isChosen = (field) => field.type === "radio" || field.type === "checkbox";
  const formsOfPage = () => [...document.querySelectorAll("form[data-guard]")];
  const keyOf = (form) => `${KEPT}${person} ${formsOfPage().indexOf(form)} ${here}`;

  /** [[key, draft], …] of all that is kept in this window. */
  function drafts() {
    return Object.keys(sessionStorage)
      .filter((key) => key.startsWith(KEPT))
      .map((key) => [key, JSON.parse(sessionStorage.getItem(key))]);
  }

  function keep(form) {
    const values = fieldsOf(form).map((field) => (isChosen(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
    sessionStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values, hasSignedOut: false }));
  }

  function write(form, values) {
    const left = values.map((value) => value.join("\n"));
    for (const field of fieldsOf(form)) {
      const own = values.filter(([name, value]) => name === field.name && (!isChosen(field) || value === field.value));
      const draft = own.find((value) => left.includes(value.join("\n")));
      if (!draft) continue;
      left.splice(left.indexOf(draft.join("\n")), 1);
      const [, value, checked] = draft;
      if (isChosen(field) ? field.checked === checked : field.value === value) continue;
      if (isChosen(field)) field.checked = checked;
      else field.value = value;
      field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function say(form) {
    const words = document.createElement("p");
    words.className = "message warning";
    words.setAttribute("role", "status");
    words.textContent = keptWords;
    form.prepend(words);
  }

  /** Signed in: what is not this person's, and what was left or saved without a sign-in in between, is gone. */
  function clear() {
    for (const [key, draft] of drafts()) {
      const isOwn = key.startsWith(`${KEPT}${person} `);
      if (!isOwn || !draft.hasSignedOut || Date.now() - draft.at > LONGEST_MS) sessionStorage.removeItem(key);
    }
  }

  function giveBack() {
    for (const form of formsOfPage()) {
      const draft = JSON.parse(sessionStorage.getItem(keyOf(form)));
      if (!draft) continue;
      write(form, draft.values);
      keep(form); // as if it were typed now: whoever leaves it finds it no more
      say(form);
    }
  }

  try {
    if (person) {
      clear();
      giveBack();
      document.addEventListener("input", ({ target }) => {
        if (target.form && target.form.hasAttribute("data-guard")) keep(target.form);
      });
    } else {
      drafts().forEach(([key, draft]) => sessionStorage.setItem(key, JSON.stringify({ ...draft, hasSignedOut: true })));
    }
  } catch { /* no storage: nothing is kept, and the page works as it does without */ }
})();
