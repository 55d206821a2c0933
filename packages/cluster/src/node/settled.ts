import { Readable } from 'node:stream';

/** Resolves when all streams are closed, at the latest after the given time; what is then still open is closed. */
export async function settled(streams: readonly NodeJS.ReadableStream[], withinMs: number): Promise<void> {
  await settlesWithin(Promise.all(streams.map(closedOf)), withinMs);
  for (const stream of streams) if (stream instanceof Readable) stream.destroy();
}

/** Resolves when the promise does, at the latest after the given time. */
export async function settlesWithin(promise: Promise<unknown>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

function closedOf(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    if ('closed' in stream && stream.closed === true) resolve();
    else stream.once('close', () => resolve());
  });
}
