/* Passkeys. A form with data-passkey asks the device for one when it is sent, and sends what the device has signed.
 *
 *   <form data-passkey="get" data-options="id of a JSON script" data-trouble="…" hidden>
 *     <input type="hidden" name="credential"> <button> <p class="trouble" role="alert">
 *
 * data-passkey: "get" signs in, "create" makes a new one. data-options-at instead of data-options: an address that gives
 * the options. The form is hidden until it is known that the browser can do this.
 */
"use strict";
(() => {
  if (!globalThis.PublicKeyCredential) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  async function optionsOf(form) {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const response = await fetch(form.dataset.optionsAt, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return (await response.json()).request_options;
  }

  async function get({ publicKey }) {
    const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) };
    const found = await navigator.credentials.get({ publicKey: options });
    const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
    return {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
      found,
    };
  }

  async function create({ publicKey }) {
    const options = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
    };
    const found = await navigator.credentials.create({ publicKey: options });
    const { clientDataJSON, attestationObject } = found.response;
    return { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), found };
  }

  function credentialOf({ found, ...response }) {
    return JSON.stringify({
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      response,
      clientExtensionResults: found.getClientExtensionResults(),
    });
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const trouble = form.querySelector(".trouble");
      trouble.textContent = "";
      try {
        const options = await optionsOf(form);
        form.elements.credential.value = credentialOf(await (form.dataset.passkey === "create" ? create : get)(options));
      } catch {
        trouble.textContent = form.dataset.trouble;
        return;
      }
      form.submit();
    });
  });
})();
