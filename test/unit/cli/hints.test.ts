import { realpathSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UrlTrouble } from '../../../src/app/services/urlTrouble';
import type { CliContext } from '../../../src/cli/context';
import { onceADay } from '../../../src/cli/onceADay';
import { createProgram } from '../../../src/cli/program';
import { AppError } from '../../../src/core/errors';
import type { Snapshot } from '../../../src/core/model';
import { defaultSettings } from '../../../src/core/settings';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from '../ui/builders';

const hour = 3_600_000;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-told-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(home, { recursive: true, force: true });
});

describe('what is told once a day', () => {
  it('is told again a day later, or when the clock was put back', async () => {
    const times = [0, 1, 23 * hour, 24 * hour, 25 * hour, 10 * hour, 11 * hour].map((time) => time + 1e12);
    const told: boolean[] = [];
    for (const time of times) told.push(await onceADay(home, 'a', time));
    expect(told).toEqual([true, false, false, true, false, true, false]);
    expect(await onceADay(home, 'b', 1e12)).toBe(true);
  });

  it('is told where it cannot be remembered, and makes no home', async () => {
    const nowhere = join(home, 'none');
    expect([await onceADay(nowhere, 'a', 1), await onceADay(nowhere, 'a', 2)]).toEqual([true, true]);
    await expect(readFile(join(nowhere, 'told.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    for (const damaged of ['', '{', 'null', '7', '{"a":"x"}', '[]']) {
      await writeFile(join(home, 'told.json'), damaged);
      expect([await onceADay(home, 'a', 1), await onceADay(home, 'a', 2)]).toEqual([true, false]);
    }
  });
});

describe('that a URL does not resolve', () => {
  const url = 'http://feature.localhost:7080/';
  const environment = anEnvironment({ services: [aService({ urls: [url] })] });
  const snapshot: Snapshot = aSnapshot({ entries: [anEntry({ environment })] });

  function commandLine(trouble: UrlTrouble): {
    run(...words: string[]): Promise<{ out: string; err: string }>;
    at(now: number): void;
  } {
    let now = 1e12;
    const product = {
      home,
      snapshots: { read: () => Promise.resolve(snapshot) },
      services: { urlTrouble: () => Promise.resolve(trouble), openInBrowser: () => Promise.resolve() },
      databases: { recipeAges: () => Promise.resolve(undefined) },
    };
    const context = {
      ...{ product, settings: defaultSettings, cwd: '/', env: {}, passedOn: [], now: () => now },
    } as unknown as CliContext;
    const said = { out: '', err: '' };
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
    return {
      at: (time) => (now = time),
      run: async (...words) => {
        Object.assign(said, { out: '', err: '' });
        await createProgram(context, '1.0.0').parseAsync(words, { from: 'user' });
        return { ...said };
      },
    };
  }

  it('is told by the first command of a day only, and by each with --json', async () => {
    const message = 'feature.localhost does not resolve on this machine.';
    const { run, at } = commandLine({ kind: 'unresolved', message });
    expect((await run('status', 'feature')).err).toBe(`! ${message}\n`);
    for (const words of [
      ['status', 'feature'],
      ['open', 'feature'],
      ['open', 'feature', '--print'],
    ])
      expect((await run(...words)).err).toBe('');
    at(1e12 + 24 * hour);
    expect(await run('open', 'feature', '--print')).toEqual({ out: `${url}\n`, err: `! ${message}\n` });
    expect((await run('status', 'feature')).err).toBe('');
    expect(JSON.parse((await run('open', 'feature', '--json')).out)).toEqual({ url, note: message });
  });

  it('is another matter than that it leads elsewhere, which is told every time', async () => {
    const message = 'feature.localhost leads to this machine.';
    const { run } = commandLine({ kind: 'elsewhere', message });
    for (const words of [
      ['status', 'feature'],
      ['status', 'feature'],
      ['open', 'feature', '--print'],
    ])
      expect((await run(...words)).err).toBe(`! ${message}\n`);
  });
});

describe('a command that is given no worktree, where this one has no environment', () => {
  it.each([
    ['those that have one', ['feature', 'other'], 'To mean another worktree, name it: feature, other.'],
    ['nothing where there is none', [], undefined],
  ])('names %s', async (_, names, explanation) => {
    const cwd = realpathSync.native(home);
    const worktree = aWorktree({ path: cwd, branch: 'main', isMain: true });
    const main = anEntry({ worktree, identity: undefined, environment: undefined });
    const others = names.map((branch) => anEntry({ worktree: aWorktree({ path: `/code/${branch}`, branch }) }));
    const snapshot = aSnapshot({ entries: [main, ...others] });
    const product = { home, snapshots: { read: () => Promise.resolve(snapshot) } };
    const context = { product, settings: defaultSettings, cwd, env: {}, passedOn: [], now: Date.now };
    for (const words of [['logs', 'backend'], ['restart', 'backend'], ['open'], ['exec', 'backend'], ['sleep']]) {
      const program = createProgram(context as unknown as CliContext, '1.0.0');
      await expect(program.parseAsync(words, { from: 'user' })).rejects.toMatchObject({
        code: 'notFound',
        message: 'The worktree main has no environment: "coppice create" in its folder makes one.',
        explanation,
      });
    }
  });
});

it('a create of a branch that is checked out says where, and what can be done there', async () => {
  const remedy = { title: 'Open', action: { kind: 'openWorktree', path: '/code/x' } } as const;
  const refused = new AppError('conflict', 'The branch x is checked out at /code/x.', { remedy });
  const product = {
    ...{ home, clusters: { gatewayPort: () => Promise.resolve(1) } },
    environments: { create: () => Promise.reject(refused) },
  };
  const context = { product, settings: defaultSettings, cwd: home, env: {}, passedOn: [], now: Date.now };
  const program = createProgram(context as unknown as CliContext, '1.0.0');
  await expect(program.parseAsync(['create', 'x', '--json'], { from: 'user' })).rejects.toMatchObject({
    ...{ code: 'conflict', message: refused.message, remedy },
    explanation: expect.stringMatching(/^"coppice status" in that folder .* "coppice create" makes it\.$/) as string,
  });
});
