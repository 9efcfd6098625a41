// A wire between the browser and the server, which is slow, loses what it carries, or swallows whatever comes.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

export class Wire {
  #server;
  #port;
  #pairs = new Set();
  slow; // bytes a second, and the milliseconds that each piece takes longer; now and then, a piece is sent anew
  carried = 0; // bytes that went slowly

  static async to(address) {
    const wire = new Wire();
    const port = Number(new URL(address).port);
    wire.#server = createServer((here) => {
      const there = connect(port, "127.0.0.1");
      const pair = [here, there];
      wire.#pairs.add(pair);
      for (const [from, to] of [pair, [there, here]]) {
        wire.#carry(from, to);
        from.on("error", () => to.destroy());
      }
    });
    await new Promise((then) => wire.#server.listen(0, "127.0.0.1", then));
    wire.#port = wire.#server.address().port;
    return wire;
  }

  get address() {
    return `http://127.0.0.1:${this.#port}`;
  }

  // As packets are lost, what was sent is sent once more a while later: the connection stands still.
  #carry(from, to) {
    let last = Promise.resolve();
    let pieces = 0;
    from.on("data", (data) => {
      last = last.then(async () => {
        for (let at = 0; at < data.length; ) {
          const { slow } = this;
          const piece = slow ? data.subarray(at, at + 256) : data.subarray(at);
          if (slow) {
            pieces += 1;
            this.carried += piece.length;
            const lost = pieces % 10 < slow.loses ? slow.waits : 0;
            await new Promise((then) => setTimeout(then, (1000 * piece.length) / slow.rate + (at === 0 ? slow.latency : 0) + lost));
          }
          to.write(piece);
          at += piece.length;
        }
      });
    });
    // What is on its way arrives, whoever has hung up meanwhile.
    from.on("close", () => last.then(() => to.destroySoon()));
  }

  close() {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
  }
}

// Of a row's spec: 2 kbit/s with five seconds of latency, and what is lost sent anew.
export const overSlowWire = {
  faults: 1,
  async before(session) {
    session.wire = await Wire.to(session.server.address);
    session.ends.push(() => session.wire.close());
    session.context.setDefaultTimeout(90_000);
    await session.page.goto(`${session.wire.address}/form`);
  },
  during: ({ wire }) => (wire.slow = { rate: 250, latency: 5000, loses: 3, waits: 600 }),
};

// A port that answers nothing, not even that nobody listens: a program that takes no connection, with its queue full.
export async function blackHole() {
  const program = `const { createServer } = require("node:net"); const server = createServer(); server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const port = Number(await new Promise((then) => child.stdout.once("data", then)));
  child.kill("SIGSTOP");
  const waiting = [0, 1, 2, 3].map(() => connect(port, "127.0.0.1").on("error", () => {}));
  await new Promise((then) => setTimeout(then, 100)); // for them to fill it
  return {
    address: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}
