export const PATIENCE = 15_000; // milliseconds that a test waits for what never comes

// Looks again and again.
export async function until(holds, patience = PATIENCE) {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${holds}`);
    await new Promise((then) => setTimeout(then, 10));
  }
}
