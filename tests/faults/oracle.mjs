// What holds after every fault, whatever it was.
import assert from "node:assert/strict";
import { until } from "./until.mjs";
import { shows } from "../browser/canaries.mjs";

const of = (leads, { email }) => leads.filter(({ answers, facts }) => [answers.email, facts.email].includes(email));

// What a session ended with: leads of its visitor at the server, by id, and whether the page said that they arrived.
export async function outcome(session) {
  const leads = of(await session.leads(), session.values);
  return { leads, shown: !session.page.isClosed() && Boolean(await session.own.shown(session.page)) };
}

// 4. Nothing that was typed is in a request before the visitor presses the button.
export function nothingEarly({ requests, server, submitted, values }) {
  const told = requests.slice(0, submitted?.told).map(({ url, body }) => url + body);
  const came = server.seen.slice(0, submitted?.came).map(({ url, headers, body }) => url + JSON.stringify(headers) + body);
  for (const text of [...told, ...came]) assert.deepEqual(shows(text, values), [], `before it was sent: ${text.slice(0, 200)}`);
}

// 5. No error of ours is the page's: none uncaught, no rejection that nobody handles; the console has warnings at most.
export function nothingUncaught({ errors, console }, expected = []) {
  assert.deepEqual(errors.filter((text) => !expected.some((known) => text.includes(known))), []);
  assert.deepEqual(console.filter(({ type, text }) => type === "error" && text.includes("LeadPact")), []);
}

// 3. Of what did not arrive: the values are there, the page says so in words, and the visitor can send again.
export async function nothingGone(session) {
  const { page, own, values } = session;
  // What is still under way is given up first, as the visitor would; but not the browser's own page of what is wrong.
  await until(() => page.evaluate(() => document.readyState === "complete").catch(() => false), 1000).catch(() => {});
  await session.halt(page);
  await until(() => page.evaluate(() => document.body?.innerText.trim()));
  await own.back(page);
  await page.waitForSelector("form [name=own]");
  assert.deepEqual(await session.typed(), values, "what was typed is still there");
  assert.ok(await page.isEnabled(".last button"), "the button can be pressed");
}

// 6. Once all is well, one press makes one lead: of the form that failed, else of the next visitor in the same browser.
export async function worksAgain(session, { again, next }) {
  const { own } = session;
  await session.heal();
  const page = again ? session.page : await session.tab();
  const values = again ? session.values : session.person();
  if (!again) {
    await session.go(page);
    await session.fill(page, values);
    await next(session, page);
  }
  await page.click(".last button", { noWaitAfter: true });
  await own.arrival(page);
  const leads = of(await session.leads(), values);
  assert.equal(leads.length, 1, `after all is well again: ${leads.length} leads`);
  return leads;
}

export const leadsOf = async (session, values = session.values) => of(await session.leads(), values);
