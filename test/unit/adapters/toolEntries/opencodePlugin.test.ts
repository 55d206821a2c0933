import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { opencodePlugin } from '../../../../src/adapters/toolEntries/opencodePlugin';
import type { AgentEvent } from '../../../../src/core/agents/agentEvent';
import { reduceAgent, type SessionState } from '../../../../src/core/agents/reduceAgent';
import { opencodeNews } from '../../../../src/core/agents/opencodeNews';

interface Hooks {
  readonly event: (input: { event: { type: string; properties: unknown } }) => Promise<void>;
  readonly dispose: () => Promise<void>;
  readonly 'experimental.chat.system.transform': (
    input: { sessionID?: string },
    output: { system: string[] },
  ) => Promise<void>;
}
interface Told {
  readonly hook_event_name: string;
  readonly session_id: string;
}

let folder: string;
let hooks: Hooks;
const parents: Record<string, string> = { ses_child: 'ses_1' };

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-plugin-')));
  // It answers a session that begins, as Coppice does, and writes down by which process it was told.
  const program = join(folder, 'told.mjs');
  const answer = JSON.stringify({ hookSpecificOutput: { additionalContext: 'its URL' } });
  await writeFile(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs';
const text = readFileSync(0, 'utf8');
appendFileSync('told.jsonl', JSON.stringify({ pid: Number(process.argv[2]), ...JSON.parse(text) }) + '\\n');
if (text.includes('SessionStart')) console.log(${JSON.stringify(answer)});\n`,
  );
  const file = join(folder, 'coppice.mjs');
  await writeFile(file, opencodePlugin(`"${process.execPath}" "${program}"`));
  const { Coppice } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    Coppice: (input: object) => Promise<Hooks>;
  };
  const get = ({ path }: { path: { id: string } }) => Promise.resolve({ data: { parentID: parents[path.id] } });
  hooks = await Coppice({ client: { session: { get } }, directory: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const session = { sessionID: 'ses_1' };
const say = (type: string, properties: object): Promise<void> => hooks.event({ event: { type, properties } });
const status = (type: string, more: object = {}) => say('session.status', { ...session, status: { type, ...more } });
const part = (messageID: string, text: string) =>
  say('message.part.updated', { part: { ...session, type: 'text', messageID, text } });
/** All that was told, once it is. */
async function told(): Promise<Told[]> {
  await hooks.dispose();
  const text = await readFile(join(folder, 'told.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}
/** What its row says after each step that changed it. */
function states(events: readonly Told[]): string[] {
  let state: SessionState | undefined;
  const seen: string[] = [];
  for (const [tick, event] of events.entries()) {
    const news = opencodeNews(JSON.stringify(event));
    if (!news) throw new Error(`${event.hook_event_name} says nothing`);
    const from: Omit<AgentEvent, keyof typeof news> = { version: 1, program: 'opencode', at: tick, tick, machine: 'm' };
    state = reduceAgent(state, { ...from, ...news });
    const now = [state.state, state.wait, state.said].filter(Boolean).join(' ');
    if (seen.at(-1) !== now) seen.push(now);
  }
  return seen;
}

it('tells a session from its beginning to its end: that it works, asks, has said, and that it is over', async () => {
  await say('session.created', { info: { id: 'ses_1' } });
  await status('busy');
  await status('busy');
  await say('message.updated', { info: { ...session, id: 'msg_1', role: 'user' } });
  await part('msg_1', 'make it');
  await say('message.updated', { info: { ...session, id: 'msg_2', role: 'assistant' } });
  const asked = {
    id: 'per_1',
    ...session,
    permission: 'bash',
    patterns: ['touch x'],
    metadata: { command: 'touch x' },
  };
  await say('permission.asked', asked);
  await say('permission.replied', { ...session, requestID: 'per_1', reply: 'once' });
  await say('question.asked', { id: 'que_1', ...session, questions: [{ question: 'Which one?', options: [] }] });
  await say('question.rejected', { ...session, requestID: 'que_1' });
  await part('msg_2', 'It is made.');
  await status('idle');
  await status('idle');
  await say('session.unheard', {});
  const all = await told();
  expect(states(all)).toEqual([
    'idle',
    'working',
    'waiting permission bash: touch x',
    'working bash: touch x',
    'waiting question Which one?',
    'working Which one?',
    'done It is made.',
    'ended It is made.',
  ]);
  expect(new Set(all.map((each) => JSON.stringify([each.session_id, (each as Told & { pid: number }).pid])))).toEqual(
    new Set([JSON.stringify(['ses_1', process.pid])]),
  );
});

it('tells that a turn was stopped while it asked, and what it failed by', async () => {
  await status('busy');
  await say('permission.asked', { id: 'per_1', ...session, permission: 'edit', patterns: ['a.ts', 'b.ts'] });
  await say('session.error', { ...session, error: { name: 'MessageAbortedError', data: { message: 'Aborted' } } });
  await status('idle');
  await status('busy');
  await say('session.error', { ...session, error: { name: 'APIError', data: { message: 'No credit is left' } } });
  await status('idle');
  expect(states(await told())).toEqual([
    'idle',
    'working',
    'waiting permission edit: a.ts, b.ts',
    'working edit: a.ts, b.ts',
    'idle edit: a.ts, b.ts',
    'working edit: a.ts, b.ts',
    'waiting error No credit is left',
    'ended No credit is left',
  ]);
});

it('tells of a model that is away once it has tried again twice, and that it went on', async () => {
  await status('busy');
  for (const attempt of [1, 2, 3, 4]) await status('retry', { attempt, message: 'Cannot connect' });
  await say('message.updated', { info: { ...session, id: 'msg_2', role: 'assistant' } });
  await part('msg_2', 'There it is.');
  await status('idle');
  expect(states(await told())).toEqual([
    'idle',
    'working',
    'waiting error Cannot connect',
    'working Cannot connect',
    'done There it is.',
    'ended There it is.',
  ]);
});

it('tells of a session that another has begun only what it asks for, as of that one', async () => {
  await status('busy');
  const child = { sessionID: 'ses_child' };
  await say('session.status', { ...child, status: { type: 'busy' } });
  await say('permission.asked', { id: 'per_1', ...child, permission: 'bash', patterns: ['ls'] });
  await say('permission.replied', { ...child, requestID: 'per_1', reply: 'once' });
  await say('session.status', { ...child, status: { type: 'idle' } });
  const all = await told();
  expect(states(all)).toEqual(['idle', 'working', 'waiting permission bash: ls', 'working bash: ls', 'ended bash: ls']);
  expect(new Set(all.map(({ session_id: id }) => id))).toEqual(new Set(['ses_1']));
});

it('gives a session what it has here, and does no harm by what it does not understand', async () => {
  const system = ['base'];
  await hooks['experimental.chat.system.transform']({ sessionID: 'ses_1' }, { system });
  await hooks['experimental.chat.system.transform']({}, { system });
  expect(system).toEqual(['base', 'its URL']);
  for (const type of ['session.status', 'session.error', 'permission.asked', 'question.asked', 'message.part.updated'])
    await hooks.event({ event: { type, properties: undefined } });
  expect((await told()).map(({ hook_event_name: name }) => name)).toEqual(['SessionStart', 'SessionEnd']);
});

it.skipIf(process.platform === 'win32')(
  'goes on without a hook that hangs, and without what its shell has left behind',
  async () => {
    // It keeps the output of the shell that started it open, which is ended.
    const hangs = join(folder, 'hangs.mjs');
    await writeFile(
      hangs,
      'process.stdin.resume(); setInterval(() => {}, 1000); setTimeout(() => process.exit(), 60_000);',
    );
    const plugin = async (name: string, patience: number): Promise<Hooks> => {
      const file = join(folder, name);
      await writeFile(file, opencodePlugin(`"${process.execPath}" "${hangs}" & wait; #`, patience));
      const { Coppice } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
        Coppice: (input: object) => Promise<Hooks>;
      };
      return Coppice({ client: { session: { get: () => new Promise(() => undefined) } }, directory: folder });
    };
    hooks = await plugin('hangs-soon.mjs', 100);
    const system: string[] = [];
    await hooks['experimental.chat.system.transform']({ sessionID: 'ses_1' }, { system });
    expect(system).toEqual([]);
    await status('busy');
    await hooks.dispose();
    // Of many that hang, the end is waited for no longer than for one.
    for (let index = 0; index < 40; index++) await status(index % 2 ? 'idle' : 'busy');
    const begin = performance.now();
    await hooks.dispose();
    expect(performance.now() - begin).toBeLessThan(40 * 100);
  },
  30_000,
);
