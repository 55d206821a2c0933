import { isAbort, toAppError, type AppError } from '../../core/errors';
import { timedLine } from '../../core/logs/timedLine';
import type { LogOptions } from '../../core/ports/workloads';

export interface ReadLogs {
  /** `Workloads.logs` of the namespace. */
  readonly read: (service: string, options: LogOptions, signal: AbortSignal) => AsyncIterable<string>;
  readonly onLine: (service: string, line: string) => void;
}

/**
 * What several services print, in one: by their times, or as it comes where they are followed. One that cannot be read keeps no other.
 *
 * @returns why some could not be read, by service
 * @throws the AbortError
 */
export async function logsOfAll(
  { read, onLine }: ReadLogs,
  services: readonly string[],
  options: LogOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AppError>> {
  const failures = new Map<string, AppError>();
  const failed = (service: string, error: unknown): void => {
    if (signal.aborted || isAbort(error)) throw error;
    failures.set(service, toAppError(error));
  };
  if (options.follow)
    await Promise.all(
      services.map(async (service) => {
        try {
          for await (const line of read(service, options, signal)) onLine(service, line);
        } catch (error) {
          failed(service, error);
        }
      }),
    );
  else await inOrder({ read, onLine }, services, options, failed, signal);
  return failures;
}

interface Head {
  readonly service: string;
  readonly lines: AsyncIterator<string>;
  readonly at: string;
  readonly text: string;
}

/** Of each only the next line is held. One without a time, as the rest of a line that was cut, follows the one before it. */
async function inOrder(
  { read, onLine }: ReadLogs,
  services: readonly string[],
  options: LogOptions,
  failed: (service: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const next = async (service: string, lines: AsyncIterator<string>, last: string): Promise<Head[]> => {
    try {
      const result = await lines.next();
      if (result.done) return [];
      const { at = last, text } = timedLine(result.value);
      // Without it a time with fewer digits, which stands for zeros, sorts before one with more.
      return [{ service, lines, at: at.replace('Z', ''), text }];
    } catch (error) {
      failed(service, error);
      return [];
    }
  };
  const begun = services.map((service) =>
    next(service, read(service, { ...options, timestamps: true }, signal)[Symbol.asyncIterator](), ''),
  );
  let heads = (await Promise.all(begun)).flat();
  while (heads.length > 0) {
    const first = heads.reduce((earliest, head) => (head.at < earliest.at ? head : earliest));
    onLine(first.service, first.text);
    const after = await next(first.service, first.lines, first.at);
    heads = heads.flatMap((head) => (head === first ? after : [head]));
  }
}
