/* Nothing typed at a meeting is lost. Every form with data-draft="person/thing" is kept in localStorage as it is typed, sent
 * by fetch, tried again while there is no network, and forgotten when the server has it.
 *
 *   <form data-draft="…" data-words="{…}" data-sign-in="…"> <input name="version"> … <span class="saving" role="status">
 *   <a class="sign-in-again" hidden>
 *
 * data-saves-itself: without a click, a moment after the last key. data-keeps-theirs on a link: what was typed is given up.
 * The server answers {version, at}, or {next, at} to go on; with 409 or 422 a page, from which the form (or the nearest
 * data-area around it) takes the place of the one here. A draft knows the version it was typed on: if somebody has
 * written since, saving it shows both. Drafts end after a day, and signing out empties the storage.
 */
"use strict";
(() => {
  const KEPT = "meeting ";
  const SAVED_AT = "meeting saved at";
  const A_DAY = 24 * 60 * 60 * 1000;
  const PAUSE_MS = 1500;
  const OURS = new Set(["csrfmiddlewaretoken", "version", "from", "then", "act"]);
  const CONFLICT = 409;
  const WRONG = 422;

  const personOf = (form) => form.dataset.draft.split("/")[0];

  function forget(draft) {
    try { localStorage.removeItem(KEPT + draft); } catch { /* then nothing was kept */ }
  }

  function clearOld() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(KEPT)) continue;
        if (Date.now() - JSON.parse(localStorage.getItem(key)).at > A_DAY) localStorage.removeItem(key);
      }
    } catch { /* no storage: the page itself still holds everything */ }
  }

  /** [[name, value], …] of what a person can type or choose. */
  const read = (form) => [...new FormData(form)].filter(([name]) => !OURS.has(name)).map(([name, value]) => [name, String(value)]);

  function write(form, values) {
    for (const element of form.elements) {
      if (!element.name || OURS.has(element.name)) continue;
      const own = values.filter(([name]) => name === element.name).map(([, value]) => value);
      if (element.type === "radio" || element.type === "checkbox") element.checked = own.includes(element.value);
      else if (own.length) element.value = own[0];
    }
  }

  class Draft {
    constructor(form) {
      this.form = form;
      this.words = JSON.parse(form.dataset.words);
      this.initial = JSON.stringify(read(form));
      this.failures = 0;
      this.isUnderWay = false;
      this.isWaiting = false;
      this.submitter = null;
      this.timer = 0;
      form.addEventListener("input", () => this.typed());
      form.addEventListener("change", () => this.typed());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.submitter = event.submitter;
        this.send();
      });
      form.querySelectorAll("[data-keeps-theirs]").forEach((link) => {
        link.addEventListener("click", () => forget(form.dataset.draft));
      });
    }

    get savesItself() { return "savesItself" in this.form.dataset && !this.form.querySelector(".theirs"); }
    get now() { return JSON.stringify(read(this.form)); }

    say(word, values = {}) {
      const state = this.form.querySelector(".saving");
      const text = Sending.filled(this.words[word], values);
      if (state && state.textContent !== text) state.textContent = text;
      const way = this.form.querySelector(".sign-in-again");
      if (way) way.hidden = word !== "signed_out";
      this.form.dataset.state = word;
    }

    keep() {
      const draft = { version: this.form.elements.version.value, at: Date.now(), values: read(this.form) };
      try { localStorage.setItem(KEPT + this.form.dataset.draft, JSON.stringify(draft)); } catch { /* see clearOld */ }
    }

    typed() {
      if (this.now === this.initial && !this.isWaiting) { this.rest(); return; }
      this.keep();
      if (!this.isWaiting) this.say("typed");
      if (this.savesItself) this.later(PAUSE_MS);
    }

    /** What is typed is what the server has: there is nothing to keep. */
    rest() {
      clearTimeout(this.timer);
      forget(this.form.dataset.draft);
      if (this.form.dataset.state !== "typed") return;
      this.form.querySelector(".saving").textContent = "";
      delete this.form.dataset.state;
    }

    restore() {
      let draft = null;
      try { draft = JSON.parse(localStorage.getItem(KEPT + this.form.dataset.draft)); } catch { return; }
      if (!draft) return;
      if (JSON.stringify(draft.values) === this.initial) { forget(this.form.dataset.draft); return; }
      write(this.form, draft.values);
      this.form.elements.version.value = draft.version;
      this.say("back");
      this.form.closest("details")?.setAttribute("open", "");
      if (this.savesItself) this.later(PAUSE_MS);
    }

    later(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), milliseconds);
    }

    /** One request at a time; what is typed meanwhile is sent after it. */
    async send({ isRenewed = false } = {}) {
      clearTimeout(this.timer);
      if (this.isUnderWay) { this.isWaiting = true; return; }
      this.isUnderWay = this.isWaiting = true;
      this.keep();
      this.say("saving");
      const sent = this.now;
      const { response, trouble } = await Sending.post(this.form.getAttribute("action"), {
        body: this.body(),
        token: this.form.elements.csrfmiddlewaretoken.value,
        answers: [CONFLICT, WRONG],
      });
      this.isUnderWay = false;
      if (trouble) { await this.inTheWay(trouble, isRenewed); return; }
      this.failures = 0;
      this.isWaiting = false;
      if (response.status === CONFLICT || response.status === WRONG) this.showAgain(await response.text(), response.status);
      else this.saved(await response.json(), sent);
    }

    body() {
      const body = new FormData(this.form);
      if (this.submitter && this.submitter.name) body.set(this.submitter.name, this.submitter.value);
      return new URLSearchParams(body);
    }

    async inTheWay(trouble, isRenewed) {
      this.failures += 1;
      if (trouble === "refused" && !isRenewed) {
        trouble = await renewToken(this.form);
        if (!trouble) { await this.send({ isRenewed: true }); return; }
      }
      this.say(trouble);
      if (trouble === "offline") this.later(Sending.pause(this.failures));
    }

    saved({ version, next, at }, sent) {
      if (next) {
        forget(this.form.dataset.draft);
        try { sessionStorage.setItem(SAVED_AT, at); } catch { /* the next page does not tell of it */ }
        location.assign(next);
        return;
      }
      this.form.elements.version.value = version;
      this.initial = sent;
      if (this.now === sent) { forget(this.form.dataset.draft); this.say("saved", { at }); }
      else this.typed();
    }

    /** The form as the server shows it, with what was typed while it was on its way. */
    showAgain(page, status) {
      const typed = read(this.form);
      const name = document.activeElement && document.activeElement.form === this.form ? document.activeElement.name : "";
      const place = (form) => form.closest("[data-area]") || form;
      const found = new DOMParser().parseFromString(page, "text/html").querySelector(`form[data-draft="${this.form.dataset.draft}"]`);
      if (!found) { this.say("refused"); return; }
      const area = document.adoptNode(place(found));
      place(this.form).replaceWith(area);
      const form = area.matches("form[data-draft]") ? area : area.querySelector("form[data-draft]");
      write(form, typed);
      const draft = begin(form);
      draft.keep();
      draft.say(status === CONFLICT ? "conflict" : "wrong");
      document.dispatchEvent(new CustomEvent("shown-again"));
      const wrong = form.querySelector(".wrong :is(input, select, textarea)");
      if (status === CONFLICT) area.scrollIntoView({ block: "nearest" });
      (wrong || form.elements[name] || form.querySelector("button"))?.focus?.();
    }
  }

  /** After signing in again the page's token is another one: it is read anew. "" or what stands in the way. */
  async function renewToken(form) {
    try {
      const response = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("form[data-draft]");
      if (!fresh) return page.querySelector(".sign-in") ? "signed_out" : "refused";
      if (personOf(fresh) !== personOf(form)) return "other_person";
      const token = fresh.elements.csrfmiddlewaretoken.value;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
      return "";
    } catch {
      return "offline";
    }
  }

  const drafts = new Map();

  function begin(form) {
    const draft = new Draft(form);
    drafts.set(form.dataset.draft, draft);
    return draft;
  }

  function markUnsaved() {
    document.querySelectorAll("[data-case]").forEach((link) => {
      let isKept = false;
      try { isKept = localStorage.getItem(KEPT + link.dataset.case) !== null; } catch { return; }
      link.classList.toggle("unsaved", isKept);
    });
  }

  clearOld();
  document.querySelectorAll("form[data-draft]").forEach((form) => begin(form).restore());
  markUnsaved();
  try {
    const at = sessionStorage.getItem(SAVED_AT);
    sessionStorage.removeItem(SAVED_AT);
    const first = drafts.values().next().value;
    if (at && first && !first.form.dataset.state) first.say("saved", { at });
  } catch { /* nothing to tell */ }

  const again = (trouble) => drafts.forEach((draft) => { if (draft.form.dataset.state === trouble) draft.send(); });
  addEventListener("online", () => again("offline"));
  // Perhaps the person has signed in again in another window.
  addEventListener("focus", () => { again("signed_out"); again("other_person"); });
})();
