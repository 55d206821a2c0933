import { AppError } from '../core/errors';

const maxCharacters = 1024 * 1024;
const patienceMs = 10_000;

/**
 * What a tool writes to a hook: one JSON value. Not every tool ends the stream once it has written.
 *
 * @throws timeout, invalidInput when it writes more than any event has
 */
export async function readEvent(input: NodeJS.ReadableStream & { unref?(): unknown }): Promise<string> {
  let text = '';
  return new Promise<string>((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      input.off('data', hear).off('end', end).off('error', fail);
      // Nothing here waits for the rest.
      input.pause();
      input.unref?.();
      settle();
    };
    const hear = (piece: Buffer | string): void => {
      text += piece.toString();
      if (text.length > maxCharacters)
        return finish(() => reject(new AppError('invalidInput', 'An event is no longer than 1 MiB.')));
      if (isWhole(text)) finish(() => resolve(text));
    };
    const end = (): void => finish(() => resolve(text));
    const fail = (error: Error): void => finish(() => reject(error));
    const timer = setTimeout(
      () => finish(() => reject(new AppError('timeout', `Nobody wrote an event within ${patienceMs / 1000} s.`))),
      patienceMs,
    );
    input.setEncoding('utf8');
    input.on('data', hear).once('end', end).once('error', fail);
  });
}

function isWhole(text: string): boolean {
  if (!/[}\]]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
