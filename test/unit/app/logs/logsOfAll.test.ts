import { expect, it } from 'vitest';
import { logsOfAll } from '../../../../src/app/logs/logsOfAll';
import { AppError } from '../../../../src/core/errors';
import type { LogOptions } from '../../../../src/core/ports/workloads';

const all: Readonly<Record<string, readonly string[]>> = {
  web: ['2026-11-30T10:00:01Z one', '2026-11-30T10:00:03.5Z three', 'and its rest'],
  api: ['2026-11-30T10:00:02Z two', '2026-11-30T10:00:03.51Z four'],
  silent: [],
};

async function shown(services: readonly string[]): Promise<{ lines: string[]; failures: string[] }> {
  const lines: string[] = [];
  const read = async function* (service: string): AsyncIterable<string> {
    if (!(service in all)) throw new AppError('denied', 'it may not be read');
    yield* all[service] ?? [];
  };
  const onLine = (service: string, line: string): void => void lines.push(`${service}: ${line}`);
  const told = await logsOfAll({ read, onLine }, services, { follow: false }, new AbortController().signal);
  return { lines, failures: [...told].map(([service, { message }]) => `${service}: ${message}`) };
}

it('tells what all print by its times, and what cannot be read beside that', async () => {
  expect(await shown(['web', 'gone', 'api', 'silent'])).toEqual({
    lines: ['web: one', 'api: two', 'web: three', 'web: and its rest', 'api: four'],
    failures: ['gone: it may not be read'],
  });
});

it('tells it as it comes where they are followed, until that ends', async () => {
  const end = new AbortController();
  const lines: string[] = [];
  const read = async function* (service: string, _: LogOptions, signal: AbortSignal): AsyncIterable<string> {
    yield `${service} runs`;
    await new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  const onLine = (service: string, line: string): void => {
    lines.push(`${service}: ${line}`);
    if (lines.length === 2) end.abort();
  };
  await expect(logsOfAll({ read, onLine }, ['web', 'api'], { follow: true }, end.signal)).rejects.toThrow('aborted');
  expect(lines).toEqual(['web: web runs', 'api: api runs']);
});
