// H: whatever the visitor, the browser or an extension does with the form, one press makes one lead of what it shows.
import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";
import { row } from "./row.mjs";
import { until } from "./until.mjs";

const SLOW = { serve: { lead: { stored: true, after: 600 } } };
const oneId = (session) => assert.equal(session.ids().size, 1, "one id");

// The mouse itself: what looks for the button first would wait for the answer.
const presses = (pause, first) => async ({ page }) => {
  const { x, y, width, height } = await page.locator(".last button").boundingBox();
  const press = () => page.mouse.click(x + width / 2, y + height / 2);
  await page.focus("[name=email]");
  await (first ?? press)();
  await later(pause);
  await press();
};
row("H1", "pressed twice, three times, or by Enter as well, the form makes one lead", {
  ...SLOW,
  after: oneId,
  cases: {
    "double click": { send: ({ page }) => page.dblclick(".last button", { noWaitAfter: true }) },
    "triple click": { send: ({ page }) => page.click(".last button", { clickCount: 3, noWaitAfter: true }) },
    "presses 150 ms apart": { send: presses(150) },
    "Enter held": {
      async send({ page }) {
        await page.focus("[name=email]");
        for (let n = 0; n < 5; n += 1) await page.keyboard.down("Enter");
        await page.keyboard.up("Enter");
      },
    },
    "Enter and a click": { send: (session) => presses(50, () => session.page.keyboard.press("Enter"))(session) },
    "a script as well": { send: ({ page }) => page.evaluate(() => (document.querySelector(".last button").click(), document.querySelector("form").requestSubmit())) },
  },
});

const other = (session) => (session.values = { ...session.values, company: `${session.values.company}-other` });
row("H2", "what was edited after a try that failed is the same lead, with what stands there now", {
  cases: { "not stored": { serve: { lead: [{ status: 422 }] } }, stored: { serve: { lead: [{ status: 422, stored: true }] } } },
  async during(session) {
    const { page, own } = session;
    await session.press();
    await own.failure(page, session.address);
    await own.back(page);
    await page.waitForSelector("[name=company]");
    await page.fill("[name=company]", other(session).company);
  },
  after(session, [lead]) {
    oneId(session);
    assert.deepEqual([lead.attempt, lead.answers.company, lead.facts.company], [2, session.values.company, session.values.company]);
  },
});

// By the page's own clock: a program that looks for an input waits for the answer first.
const edit = () => addEventListener("submit", () => setTimeout(() => {
  const input = document.querySelector("[name=company]");
  input.value = "edited meanwhile";
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  fetch("/edited");
}, 100));
row("H3", "what is edited while the form is sent is not sent, and nothing is sent twice", {
  faults: 1,
  serve: { lead: { stored: true, hold: true } },
  send: async (session) => (await session.page.evaluate(edit), session.press()),
  async ends(session) {
    await session.stored();
    await until(() => session.server.seen.some(({ url }) => url === "/edited"));
    session.server.release();
    await session.own.arrival(session.page);
  },
  after: (session, [lead]) => (oneId(session), assert.equal(lead.answers.company, session.values.company)),
});

// What the form shows is what arrives, however it came there.
const asShown = async (session, [lead]) => {
  assert.equal(lead.answers.company, session.shown);
  assert.equal(lead.facts.company ?? "", session.shown);
  if (session.record()) assert.equal(session.record().facts.company ?? "", session.shown);
};
const shows = (work) => async (session) => {
  await work(session);
  session.shown = await session.page.inputValue("[name=company]");
};
const devtools = ({ context, page }) => context.newCDPSession(page);
row("H4", "filled in by whatever means, the form sends what it shows", {
  faults: 1,
  after: asShown,
  cases: {
    "without events": { during: shows(({ page }) => page.evaluate(() => (document.querySelector("[name=company]").value = "Filled Ltd"))) },
    "with events, without keys": {
      during: shows(({ page }) => page.evaluate(() => {
        const input = document.querySelector("[name=company]");
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, "Manager Ltd");
        for (const type of ["keydown", "input", "keyup", "change", "blur"]) input.dispatchEvent(new Event(type, { bubbles: true }));
      })),
    },
    paste: {
      during: shows(async ({ page }) => {
        await page.focus("[name=company]");
        await page.keyboard.press("Control+A");
        await page.evaluate(() => document.execCommand("insertText", false, "Pasted Ltd"));
      }),
    },
    composition: {
      during: shows(async (session) => {
        await session.page.fill("[name=company]", "");
        await session.page.focus("[name=company]");
        const client = await devtools(session);
        for (const text of ["に", "にほ", "にほん"]) await client.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
        await client.send("Input.insertText", { text: "日本" });
      }),
    },
    dictation: {
      during: shows(async (session) => {
        await session.page.fill("[name=company]", "");
        await session.page.focus("[name=company]");
        await (await devtools(session)).send("Input.insertText", { text: "Spoken Words Ltd" });
      }),
    },
    undo: {
      during: shows(async ({ page }) => {
        await page.focus("[name=company]");
        await page.keyboard.press("End");
        await page.keyboard.type(" and more");
        for (let n = 0; n < 3; n += 1) await page.keyboard.press("Control+Z");
      }),
    },
  },
});

const ready = (session) => session.page.waitForFunction(() => window.told.some(({ type }) => type === "leadpact:ready"));
row("H5", "what the browser brings back into the form is what is sent", {
  faults: 1,
  after: asShown,
  record: null,
  cases: {
    "on the way back": {
      during: shows(async (session) => {
        session.server.files.set("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,><p>Elsewhere");
        await session.page.goto(`${session.server.address}/elsewhere`);
        await session.page.goBack({ waitUntil: "commit" });
        await session.page.waitForSelector("[name=company]");
        await session.page.fill("[name=email]", session.values.email);
        await ready(session);
      }),
    },
    "on loading again": {
      during: shows(async (session) => {
        await session.page.reload();
        await session.page.fill("[name=email]", session.values.email);
        await ready(session);
      }),
    },
  },
});

row("H6", "an extension or a translator in the page does no harm", {
  faults: 1,
  cases: {
    "texts in <font>": {
      async during({ page }) {
        await page.evaluate(() => {
          const wrap = (root) => {
            const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walk.nextNode()) if (walk.currentNode.data.trim() && walk.currentNode.parentNode.localName !== "font") texts.push(walk.currentNode);
            for (const text of texts) {
              const font = document.createElement("font");
              text.replaceWith(font);
              font.append(Object.assign(document.createElement("font"), { textContent: `übersetzt ${text.data}` }));
            }
          };
          wrap(document.body);
          new MutationObserver((list) => list.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.nodeType === 1 && node.localName !== "font" && wrap(node)))).observe(document.body, { childList: true, subtree: true });
        });
        await page.check("[name=budget][value=no]");
        await page.check("[name=budget][value=yes]");
      },
    },
    "our region removed": {
      async during({ page }) {
        await page.evaluate(() => document.querySelectorAll("[class*=leadpact]").forEach((node) => node.remove()));
        await page.fill("[name=company]", "Removed Ltd");
        await page.press("[name=company]", "Tab");
      },
    },
    "our nodes changed": {
      during: ({ page }) => page.evaluate(() => document.querySelectorAll("[class*=leadpact], [class*=leadpact] *").forEach((node) => {
        for (const name of ["class", "id", "name", "part", "aria-describedby"]) node.removeAttribute(name);
      })),
    },
    "nodes added everywhere": {
      async during({ page }) {
        await page.evaluate(() => document.querySelectorAll("form *").forEach((node) => node.after(document.createElement("com-extension"))));
        await page.fill("[name=company]", "Extended Ltd");
        await page.press("[name=company]", "Tab");
      },
    },
  },
});

const LONG = "é€𝒳".repeat(1700); // 16 KiB of UTF-8, as long as an answer may be
const TEXTS = { emoji: "👩‍👩‍👧‍👦 Ünïcode 🏳️‍🌈", "right to left": "شركة \u202Eevil\u202C بع", "zero width": "a\u200Bb\u200Dc\uFEFFd", NUL: "a\0b", "a lone surrogate": "a\uD800b", long: LONG, markup: "<script>alert(1)</script>&amp;%00%0d%0a" };
row("H7", "what is strange in an answer arrives whole", {
  faults: 1,
  cases: Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, {
    async during({ page }) {
      await page.evaluate((units) => {
        const story = document.querySelector("[name=story]");
        story.value = String.fromCharCode(...units);
        for (const type of ["input", "change"]) story.dispatchEvent(new Event(type, { bubbles: true }));
      }, Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)));
    },
    after: (session, [lead]) => assert.equal(lead.answers.story, text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/, "\uFFFD")),
  }])),
});

row("H8", "sent by Enter from an extra question, the form makes one lead with its answer", {
  faults: 1,
  cases: {
    "a radio": { send: ({ page }) => page.press("[name=budget][value=yes]", "Enter", { noWaitAfter: true }) },
    "the button, reached by keys": {
      async send({ page }) {
        await page.focus("[name=budget][value=yes]");
        while (!(await page.evaluate(() => document.activeElement.matches(".last button")))) await page.keyboard.press("Tab");
        await page.keyboard.press("Space");
      },
    },
  },
  after: (session, [lead]) => assert.equal(lead.facts.budget, true),
});

row("H9", "fields outside of the form, buttons with ways of their own and other targets are as the page has them", {
  faults: 1,
  cases: {
    "a field outside": { page: { attributes: 'id="there"', after: '<label>Elsewhere <input name="outside" form="there" value="out"></label>' }, after: (session, [lead]) => assert.equal(lead.answers.outside, "out") },
    "a button outside": { page: { attributes: 'id="there"', button: "", after: '<p class="last"><button form="there">Send</button>' } },
    "a button's own action": { page: { button: '<button formaction="/leads?via=button" name="via" value="button">Send</button>' }, after: (session, [lead]) => assert.deepEqual([session.posts()[0].url, lead.answers.via], ["/leads?via=button", "button"]) },
    "another window": {
      page: { attributes: 'target="_blank"' },
      async ends(session) {
        session.page = await session.context.waitForEvent("page");
        session.watch(session.page);
        await session.page.waitForURL(/\/thanks/);
      },
      send: (session) => void session.press(),
    },
    "a button that closes a dialog": {
      page: { inputs: '<button class="closes" formmethod="dialog" formnovalidate>Close</button>' },
      async during({ page, server }) {
        await page.click(".closes");
        assert.equal(server.seen.filter(({ role }) => role === "lead").length, 0);
      },
    },
  },
});

const FILE = { inputs: '<label>File <input type="file" name="cv"></label>' };
const attach = ({ page }) => page.setInputFiles("[name=cv]", { name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 canary") });
row("H10", "however the form is encoded, and with files, it arrives with its record", {
  faults: 1,
  cases: {
    urlencoded: { page: { attributes: 'enctype="application/x-www-form-urlencoded"' } },
    multipart: { page: { attributes: 'enctype="multipart/form-data"' } },
    plain: { page: { attributes: 'enctype="text/plain"' } },
    "a file": { page: { attributes: 'enctype="multipart/form-data"', ...FILE }, during: attach, after: ({ posts }) => assert.match(posts()[0].body, /filename="cv\.pdf"[^]*%PDF-1\.4 canary/) },
    "a file, its name only": { page: FILE, during: attach, after: ({ posts }) => assert.match(posts()[0].body, /cv=cv\.pdf/) },
    "no file": { page: { attributes: 'enctype="multipart/form-data"', ...FILE } },
  },
});
