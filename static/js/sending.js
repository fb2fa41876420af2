/* Sends what was typed, and says what stands in the way: no network, signed out, or a server that does not take it.
 *
 * Sending.post(address, {body, headers, token, answers}) resolves to {response} or {trouble}; trouble is "offline",
 * "signed_out" or "refused". answers: codes above 400 that are answers to what was sent, and no trouble.
 * Sending.pause(failures): milliseconds to wait before the next try.
 * Sending.filled("{n} left", {n: 3}): a sentence with its values.
 */
"use strict";
globalThis.Sending = (() => {
  const AGAIN_MS = [1000, 2000, 5000, 10000, 30000];

  async function post(address, { body, headers = {}, token, answers = [] }) {
    try {
      const response = await fetch(address, {
        method: "POST",
        body,
        headers: {
          ...headers,
          "HX-Request": "true", // a signed-out person gets 401 instead of the sign-in page
          "X-CSRFToken": token,
        },
        credentials: "same-origin",
        keepalive: true,
      });
      if (answers.includes(response.status)) return { response };
      if (response.status === 401) return { trouble: "signed_out" };
      if (response.status >= 400 && response.status < 500) return { trouble: "refused" };
      if (!response.ok || response.redirected) return { trouble: "offline" };
      return { response };
    } catch {
      return { trouble: "offline" };
    }
  }

  const pause = (failures) => AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1];
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  return { post, pause, filled };
})();
