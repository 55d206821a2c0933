/** How long the engine may work on before whoever waits for Node's event loop gets a turn. */
const TURN_MS = 10;

let begun: number | undefined;
let next: Promise<void> = Promise.resolve();

/**
 * Resolves at once, or in the next turn of the event loop when this one has already lasted. The engine lives in one process with the
 * API and the gateway, and its loops consist of promises only: without a pause they keep Node from its sockets and signals for as long
 * as one of them finds something to do.
 */
export async function turnOfLoop(): Promise<void> {
  const now = performance.now();
  if (begun === undefined) {
    begun = now;
    next = new Promise((resolve) => {
      setImmediate(() => {
        begun = undefined;
        resolve();
      });
    });
  }
  if (now - begun >= TURN_MS) await next;
}
