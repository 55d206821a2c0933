import type { ProcessGroup } from '../process/processGroup';
import type { ExecResponse } from '../engine/engineTypes';

const LIMIT_BYTES = 1024 * 1024;

/** What a command wrote and how it ended. Rejects when it takes longer than the given time, and then ends it. */
export async function collectOutput(group: ProcessGroup, timeoutSeconds: number | undefined): Promise<ExecResponse> {
  const stdout = collect(group.stdout);
  const stderr = collect(group.stderr);
  let timedOut = false;
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          group.signal('SIGKILL');
        }, timeoutSeconds * 1000);
  const exitCode = await group.exited;
  clearTimeout(timer);
  if (timedOut) throw new Error(`command timed out after ${timeoutSeconds}s`);
  return { exitCode, stdout: await stdout, stderr: await stderr };
}

function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < LIMIT_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  return new Promise((resolve) => {
    stream.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
