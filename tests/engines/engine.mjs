// The browser engine that ENGINE names, behind its own driver.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { Builder } from "selenium-webdriver";

export const engine = process.env.ENGINE ?? "chromium";

const CHROMIUM = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const { CHROMIUM: chromium, FIREFOX: firefox } = process.env;

// Where `cargo xtask setup` puts it.
const built = fileURLToPath(new URL("../../target/tools/bin/geckodriver", import.meta.url));
const geckodriver = process.env.GECKODRIVER ?? (existsSync(built) ? built : "geckodriver");

const engines = {
  chromium: {
    driver: (port) => [process.env.CHROMEDRIVER ?? "chromedriver", `--port=${port}`],
    capabilities: { browserName: "chrome", "goog:chromeOptions": { args: CHROMIUM.split(" "), ...(chromium && { binary: chromium }) } },
  },
  firefox: {
    driver: (port) => [geckodriver, "--host=127.0.0.1", `--port=${port}`, "--websocket-port=0", "--log=error"],
    capabilities: { browserName: "firefox", "moz:firefoxOptions": { args: ["-headless"], ...(firefox && { binary: firefox }) } },
  },
  webkit: {
    driver: (port) => [process.env.WEBKITDRIVER ?? "WebKitWebDriver", `--port=${port}`],
    capabilities: { browserName: "MiniBrowser" },
    display: true,
  },
};

// A session with a new profile, which the driver throws away with it.
export async function start() {
  const { driver, capabilities, display } = engines[engine];
  const screen = display && (await shown());
  const port = await freePort();
  const [program, ...args] = driver(port);
  const started = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...(screen && { DISPLAY: screen.name, GDK_BACKEND: "x11" }) } });
  const stop = () => (started.kill(), screen?.stop());
  const failed = new Promise((_, fail) => started.on("error", (error) => fail(new Error(`${program}: ${error.message}`))));
  // Whatever ends this process ends the driver, and the driver its browser.
  process.on("exit", stop);
  const address = `http://127.0.0.1:${port}`;
  await Promise.race([answers(`${address}/status`), failed]);
  const browser = await new Builder().usingServer(address).withCapabilities(capabilities).build();
  await browser.manage().setTimeouts({ script: 30_000, pageLoad: 60_000 });
  return { browser, close: async () => (await browser.quit(), stop()) };
}

async function answers(address) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await fetch(address);
    } catch (error) {
      if (tries > 300) throw error;
      await new Promise((then) => setTimeout(then, 100));
    }
  }
}

function freePort() {
  const server = createServer();
  return new Promise((then) => server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => then(port));
  }));
}

// A screen that nobody looks at; Xvfb finds a number that is free.
function shown() {
  const server = spawn(process.env.XVFB ?? "Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  return new Promise((then, failed) => {
    server.on("error", (error) => failed(new Error(`Xvfb: ${error.message}`)));
    server.stdio[3].once("data", (number) => then({ name: `:${String(number).trim()}`, stop: () => server.kill() }));
  });
}
