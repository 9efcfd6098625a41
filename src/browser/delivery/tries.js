// A parcel is tried up to three times, each a random while after the one before: a server that was overrun is not overrun
// by everybody at once.
import { post } from "./post.js";

const MOST = 3;
const [SOONEST, LATEST] = [500, 8000]; // milliseconds between two tries
export const LONGEST_TRY = 24_000; // milliseconds: `post.js` gives up before, made twice at once or not
export const LONGEST_ASKED = 30_000; // milliseconds that a server may ask a visitor to wait

// The last outcome. `waits` is told of each pause: how to end it where the visitor leaves, and how long it is.
export async function tries(parcel, waits) {
  let polled = false;
  for (let made = 1; ; made += 1) {
    const outcome = await post(parcel);
    const over = made === MOST || (outcome.once && polled) || outcome.after > LONGEST_ASKED;
    // The browser may be wrong about that, but not where the request failed as well.
    const offline = !outcome.answered && navigator.onLine === false;
    if (!outcome.again || over || offline || parcel.dropped || parcel.arrived) return outcome;
    polled = outcome.once === true;
    const wait = outcome.after ?? within(SOONEST, LATEST);
    await pause(wait, (end) => waits(end, wait));
    if (parcel.dropped || parcel.arrived) return outcome;
  }
}

export const within = (least, most) => least + Math.random() * (most - least);

function pause(milliseconds, waits) {
  return new Promise((end) => {
    const timer = setTimeout(end, milliseconds);
    waits(() => (clearTimeout(timer), end()));
  });
}
