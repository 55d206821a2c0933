// What the scripts tell a person: one short line a step, with its time, and one line when something is in the way.

/** Something that the person has to do; its message is the one line that says what. */
export class Stop extends Error {}

/** @type {NodeJS.WriteStream} */
let out = process.stdout;

/** Whether a step is said once it has ended, as others go on beside it. */
let inLines = false;

/**
 * Says steps as whole lines for as long as a piece of work takes.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sayInLines(work) {
  inLines = true;
  try {
    return await work();
  } finally {
    inLines = false;
  }
}

/** Sends everything that is said to stderr, so that stdout carries data only. */
export function sayOnStderr() {
  out = process.stderr;
}

/** @param {string} line */
export function say(line) {
  out.write(`${line}\n`);
}

/** @param {number} ms */
export function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/**
 * Prints "title… 12 s" around a piece of work.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work rejects: the line ends with "failed" and the rejection goes on
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const begin = Date.now();
  const asLine = inLines;
  const start = `${title}… `;
  /** @param {string} how */
  const end = (how) => void out.write(`${asLine ? start : ''}${how}\n`);
  if (!asLine) out.write(start);
  try {
    const result = await work();
    end(seconds(Date.now() - begin));
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/**
 * Runs a script's body. A Stop ends it with its one line, anything else is a defect of ours and shows its stack.
 * @param {() => Promise<number | void>} body resolves with the exit code, 0 when nothing is returned
 */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof Stop ? error.message : error);
    process.exitCode = 1;
  }
}
