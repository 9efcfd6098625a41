// G: several tabs of one visitor.
import assert from "node:assert/strict";
import { leadsOf } from "./oracle.mjs";
import { row } from "./row.mjs";

// Another tab in which somebody sends the same form.
async function another(session, page) {
  const values = session.person();
  await session.fill(page, values);
  await session.ready(page);
  await session.press(page);
  await session.own.arrival(page);
  const leads = await leadsOf(session, values);
  assert.equal(leads.length, 1, "one lead of the other tab");
  return leads[0].id;
}
const twoIds = (session, [{ id }]) => {
  assert.notEqual(id, session.otherId);
  assert.equal(session.ids().size, 2);
};

row("G1", "two tabs that send the same form make two leads under two ids", {
  faults: 1,
  async during(session) {
    const tab = await session.tab();
    await session.go(tab);
    session.otherId = await another(session, tab);
  },
  after: twoIds,
});

// What has been sent once has an id by now.
async function sentOnce(session) {
  await session.fill();
  await session.ready();
  session.server.fail("lead", [{ status: 422, body: "no" }]);
  await session.press();
  await session.own.failure(session.page, session.address);
  await session.own.back(session.page);
}
const agree = (page) => page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));
const hears = async (page) => {
  await page.waitForLoadState("load");
  await page.evaluate(() => import("/leadpact/leadpact.js").then(({ on }) => { window.told = []; on(document.querySelector("form"), "ready", () => window.told.push({ type: "leadpact:ready" })); }));
  await page.waitForFunction(() => window.told.length > 0);
};

row("G2", "a copy of a tab sends another lead", {
  faults: 1,
  cases: {
    "as it was": {},
    "after it had sent": { before: sentOnce },
    "after it had sent with consent, and the copy is loaded again": {
      before: async (session) => (await session.ready(), await agree(session.page), sentOnce(session)),
      async copied(copy) {
        await agree(copy);
        await copy.reload();
        await hears(copy);
        await agree(copy);
      },
    },
  },
  async during(session, { copied: then } = {}) {
    const copied = session.context.waitForEvent("page");
    // The copy begins with what the session's storage holds.
    await session.page.evaluate(() => (sessionStorage.setItem("of the page", "1"), void window.open("/form")));
    const copy = await copied;
    session.watch(copy);
    await hears(copy);
    assert.equal(await copy.evaluate(() => sessionStorage.getItem("of the page")), "1", "it is a copy");
    await then?.(copy);
    session.otherId = await another(session, copy);
  },
  after: twoIds,
});

row("G7", "consent that is withdrawn in another tab while this one sends leaves nothing on the device", {
  faults: 1,
  serve: { lead: { stored: true, hold: true } },
  async during(session) {
    await session.page.evaluate(() => (window.LeadPact.consent({ behaviour: true, by: "test" }), window.LeadPact.event("download")));
    session.other = await session.tab();
    await session.go(session.other);
    await session.fill(session.other, session.person());
    await session.ready(session.other);
  },
  async ends(session) {
    await session.stored();
    await session.other.evaluate(() => window.LeadPact.consent({ behaviour: false, by: "test" }));
    session.server.release();
    await session.own.arrival(session.page);
  },
  async after(session, [{ facts, behaviour }]) {
    assert.deepEqual([behaviour, facts.downloads?.value ?? facts.downloads], [true, 1], "as agreed when it was sent");
    await session.page.waitForTimeout(1200); // longer than what waits to be written
    assert.deepEqual(await session.other.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("leadpact"))), []);
  },
});
