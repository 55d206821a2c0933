import { writeSync } from 'node:fs';
import { noteAgentEvent } from '../wiring/noteAgentEvent';

/** Longer than any event; what is longer is not what an agent writes. */
const maxBytes = 64 * 1024 * 1024;
const patienceMs = 5000;

/**
 * `coppice hook codex --state 123`: what an agent's hook tells of its session, for whoever looks after it. It never fails: an agent does
 * not depend on being looked after. It says nothing that decides anything; a session that begins is told what it has.
 *
 * @param tool another one than tells of sessions tells nothing
 * @param pid of the agent's process, as it came; whatever a shell made of it
 */
export async function noteAgent(tool: string, pid?: string): Promise<void> {
  const passed = performance.now();
  const begin = {
    at: Math.round(Date.now() - passed),
    tick: Math.round((Number(process.hrtime.bigint()) / 1e6 - passed) * 1000) / 1000,
  };
  const call = { tool, pid, folder: process.cwd(), env: process.env };
  try {
    const answer = await noteAgentEvent(await readAll(process.stdin), call, begin);
    if (answer !== undefined) writeSync(1, `${answer}\n`);
  } catch {
    // Nobody could do anything about it there.
  }
}

async function readAll(input: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('nobody wrote an event')), patienceMs);
    const end = (finish: () => void): void => {
      clearTimeout(timer);
      input.pause();
      input.unref?.();
      finish();
    };
    input.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxBytes) end(() => reject(new Error('too long')));
    });
    input.once('end', () => end(() => resolve(Buffer.concat(pieces).toString('utf8'))));
    input.once('error', (error) => end(() => reject(error)));
  });
}
