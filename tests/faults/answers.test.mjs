// D: whatever the server answers, a lead is called sent only where it was stored, and can be sent again where it was not.
import assert from "node:assert/strict";
import { row as declare } from "./row.mjs";

const row = (id, says, spec) => declare(id, says, { modes: ["A"], ...spec });

const words = (status) => ({ status, headers: { "content-type": "text/html; charset=utf-8" }, body: `<!doctype html><title>${status}</title><p>It did not work (${status}).</p>${" ".repeat(400)}` });
const each = (list, spec) => Object.fromEntries(list.map((status) => [status, spec(status)]));
const oneId = (session) => assert.equal(session.ids().size, 1, "one id, however often it is sent");

row("D5", "a refusal is said in words, and the form can be sent once the server takes it", {
  stored: 0,
  cases: each([400, 401, 403, 404, 405, 410, 413, 415, 422], (status) => ({ serve: { lead: words(status) } })),
});

row("D7", "a server that asks for time loses nothing", {
  stored: 0,
  cases: each(["2", "3600", "Fri, 31 Dec 1999 23:59:59 GMT", "soon"], (after) => ({ serve: { lead: { ...words(429), headers: { "content-type": "text/html", "retry-after": after } } } })),
});

row("D8", "a server that fails loses nothing", {
  stored: 0,
  cases: each([500, 502, 503, 504], (status) => ({ serve: { lead: words(status) } })),
});

row("D9", "what was stored and not acknowledged is one lead when it is sent again", {
  shown: false,
  after: oneId,
  cases: {
    "then 500": { serve: { lead: { ...words(500), stored: true } } },
    "then a reset": { serve: { lead: { reset: "answer", stored: true } } },
    "then another id": { serve: { lead: { ...words(200), stored: true } } },
  },
});

row("D11", "an answer that stalls or is cut short makes no second lead", {
  shown: false,
  cases: {
    stalls: { serve: { lead: { ...words(200), stored: true, stall: "body" } } },
    "never comes": {
      serve: { lead: { stored: true, stall: "answer" } },
      async ends({ stored, halt }) {
        await stored();
        await halt();
      },
    },
    "cut short": { serve: { lead: { ...words(200), stored: true, cut: 100 } } },
    "longer than it says": { serve: { lead: { ...words(200), stored: true, headers: { "content-type": "text/html", "content-length": 9999 }, reset: "body" } } },
    "reset in its middle": { serve: { lead: { ...words(200), stored: true, reset: "body" } } },
  },
});

row("D15", "an answer that sets cookies or clears the site's storage does no harm", {
  async during({ page }) {
    await page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));
    await page.waitForFunction(() => localStorage.length > 0);
  },
  cases: {
    cookies: { serve: { thanks: { headers: { "set-cookie": "a=b; Path=/" } } } },
    "storage cleared": { serve: { thanks: { headers: { "clear-site-data": '"storage"' } } } },
  },
});
