import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claudeSession } from '../../../src/adapters/exec/claudeSession';

const session = { program: 'claude-code', session: 's', pid: 7 } as const;
const word = { pid: 7, sessionId: 's', status: 'waiting', waitingFor: 'permission prompt', statusUpdatedAt: 12 };
let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-claude-'));
  folder = join(home, '.claude', 'sessions');
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));
const says = (value: object | string): Promise<void> =>
  writeFile(join(folder, '7.json'), typeof value === 'string' ? value : JSON.stringify(value));

it('is what Claude Code has written of its process, in its own folder or in another one that it was given', async () => {
  expect(await claudeSession(session, {}, home)).toBeUndefined();
  await says(word);
  const told = { activity: 'waiting', since: 12, wait: 'permission' };
  expect(await claudeSession(session, {}, home)).toEqual(told);
  expect(await claudeSession(session, { CLAUDE_CONFIG_DIR: join(home, '.claude') }, '/none')).toEqual(told);
  expect(await claudeSession({ ...session, program: 'codex' }, {}, home)).toBeUndefined();
});

it.each([
  ['input needed', { activity: 'waiting', since: 12, wait: 'question' }],
  ['dialog open', { activity: 'waiting', since: 12 }],
  ['constructor', { activity: 'waiting', since: 12 }],
  [undefined, { activity: 'waiting', since: 12 }],
])('waits for a person where it says so: %s', async (waitingFor, told) => {
  await says({ ...word, waitingFor });
  expect(await claudeSession(session, {}, home)).toEqual(told);
  await says({ ...word, status: 'busy', waitingFor });
  expect(await claudeSession(session, {}, home)).toEqual({ activity: 'busy', since: 12 });
});

it.each([
  { ...word, sessionId: 'other' },
  { ...word, pid: 8 },
  { ...word, status: 'thinking' },
  { ...word, status: undefined },
  { ...word, statusUpdatedAt: '12' },
  '{"pid":7,"sess',
  'null',
  `${JSON.stringify(word)}${' '.repeat(70_000)}`,
])('says nothing where it is of another one, or of another kind', async (written) => {
  await says(written);
  expect(await claudeSession(session, {}, home)).toBeUndefined();
});

it.skipIf(process.platform === 'win32')('of what is no file is not waited for', async () => {
  execFileSync('mkfifo', [join(folder, '7.json')]);
  expect(await claudeSession(session, {}, home)).toBeUndefined();
  expect(await claudeSession(session, {}, '/dev/null')).toBeUndefined();
});
