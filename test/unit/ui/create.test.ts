import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import type { CreateRequest, CreateResult } from '../../../src/app/environment/requests';
import { AppError } from '../../../src/core/errors';
import type { Branch } from '../../../src/core/ports/worktrees';
import { commandHandlers } from '../../../src/ui/commands/commandHandlers';
import type { StubQuickPick } from '../../support/stubQuickPick';
import { editor } from '../../support/vscodeStub';
import { aService, aSnapshot, aWorktree, anIdentity } from './builders';
import { aContext, type SomeDependencies } from './context';

beforeEach(() => editor.reset());

const main: Branch = {
  name: 'main',
  isRemote: false,
  commit: 'abc1234567',
  date: '2026-01-01T00:00:00Z',
  subject: 'First',
  checkedOutAt: '/repo',
};

function creating(change: Partial<CreateResult> = {}, dependencies: SomeDependencies = {}, failures = 0) {
  const happened: string[] = [];
  const requests: CreateRequest[] = [];
  const result: CreateResult = {
    worktree: aWorktree({ path: '/repo.worktrees/new-one', branch: 'new/one' }),
    identity: anIdentity(),
    database: undefined,
    services: [aService()],
    ready: true,
    url: undefined,
    ...change,
  };
  const { context } = aContext({
    worktrees: { branches: async () => [main], defaultBase: async () => 'main', ...dependencies.worktrees },
    environments: {
      create: async (request) => {
        requests.push(request);
        if (failures-- > 0) throw new AppError('failed', 'The disk is full.');
        happened.push('created');
        return result;
      },
    },
    agents: {
      find: async (command) => {
        if (command === 'none') throw new AppError('missingTool', 'It was not found.');
        return { file: command, argv: [], isVerbatim: false };
      },
      request: async (folder, { prompt = '' }) =>
        void happened.push(`agent asked for in ${folder}: ${prompt}, windows opened: ${opened().length}`),
    },
    ...(dependencies.store ? { store: dependencies.store } : {}),
  });
  return { context, requests, happened };
}

/** The quick pick that is open now, once it is. */
async function openPick(): Promise<StubQuickPick<{ readonly label: string }>> {
  for (;;) {
    const pick = editor.quickPicks.at(-1);
    if (pick?.isShown) return pick;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const opened = () =>
  editor.executed.filter(([id]) => id === 'vscode.openFolder').map(([, uri, options]) => [String(uri), options]);

describe('Create Worktree…', () => {
  it('makes the branch that was typed from the base that was told, and opens a new window', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('new/one');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(requests).toEqual([{ folder: '/repo', target: { kind: 'branch', branch: 'new/one', base: 'main' } }]);
    expect(opened()).toEqual([['file:///repo.worktrees/new-one', { forceNewWindow: true }]]);
    expect(editor.messages).toEqual([]);
    expect(pick.isShown).toBe(false);
  });

  it('takes what was typed, also when Enter came before the branches were known', async () => {
    let tell: (branches: readonly Branch[]) => void = () => undefined;
    const { context, requests } = creating(
      {},
      { worktrees: { branches: () => new Promise((resolve) => (tell = resolve)) } },
    );
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('new/one');
    pick.accept();
    tell([main]);
    await done;
    expect(requests[0]?.target).toEqual({ kind: 'branch', branch: 'new/one', base: 'main' });
  });

  it('starts from the base of the setting', async () => {
    editor.settings.set('coppice.worktree.base', 'develop');
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    expect(pick.items[0]?.label).toBe("Create new branch 'x' from develop");
    pick.accept();
    await done;
    expect(requests[0]?.target).toEqual({ kind: 'branch', branch: 'x', base: 'develop' });
  });

  it('asks for another base on demand', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const first = await openPick();
    first.type('x');
    await Promise.resolve();
    first.accept(first.items[1]);
    while (editor.quickPicks.length < 2) await new Promise<void>((resolve) => setImmediate(resolve));
    const second = await openPick();
    expect(second.title).toBe("Create Worktree: Base of 'x'");
    second.type('v1.0');
    await Promise.resolve();
    second.accept();
    await done;
    expect(requests[0]?.target).toEqual({ kind: 'branch', branch: 'x', base: 'v1.0' });
  });

  it('gives it the database of another worktree where its button was pressed, and goes on with what was typed', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const first = await openPick();
    first.type('x');
    editor.picks = ([only]) => only;
    first.press('Copy the Database of Another Worktree…');
    while (editor.quickPicks.length < 2) await new Promise<void>((resolve) => setImmediate(resolve));
    const second = await openPick();
    expect([second.value, second.placeholder]).toEqual([
      'x',
      'Type the name of a new branch, or choose one that exists; its database is a copy of that of feature',
    ]);
    second.accept();
    await done;
    expect(requests).toEqual([
      {
        folder: '/repo',
        target: { kind: 'branch', branch: 'x', base: 'main' },
        databaseFrom: '/repo.worktrees/feature',
      },
    ]);
  });

  it('takes a chosen database back by Template, and opens no worktree that would not get it', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const first = await openPick();
    first.type('main');
    editor.picks = ([only]) => only;
    first.press('Copy the Database of Another Worktree…');
    while (editor.quickPicks.length < 2) await new Promise<void>((resolve) => setImmediate(resolve));
    const second = await openPick();
    await Promise.resolve();
    second.accept();
    expect([second.isShown, opened()]).toEqual([true, []]);
    await vi.waitFor(() =>
      expect(second.prompt).toBe(
        'This worktree exists and keeps its own database. To open it, press the database button and choose Template.',
      ),
    );
    const offered: unknown[] = [];
    editor.picks = (items) => {
      offered.push(...items);
      return items[0];
    };
    second.press('Copy Another Database, or the Template…');
    while (editor.quickPicks.length < 3) await new Promise<void>((resolve) => setImmediate(resolve));
    const third = await openPick();
    expect(offered).toMatchObject([{ label: 'Template' }, { label: 'feature' }]);
    expect(third.placeholder).toBe('Type the name of a new branch, or choose one that exists');
    await Promise.resolve();
    third.accept();
    await done;
    expect(requests).toEqual([]);
    expect(opened()).toHaveLength(1);
  });

  it('does nothing with a name that cannot be, and nothing when the person turns away', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('--output=x');
    await Promise.resolve();
    pick.accept();
    expect(pick.isShown).toBe(true);
    pick.hide();
    await done;
    expect(requests).toEqual([]);
    expect(opened()).toEqual([]);
  });

  it('opens a branch that is checked out already instead of making it again', async () => {
    const { context, requests } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('main');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(requests).toEqual([]);
    expect(opened()[0]?.[0]).toBe('file:///repo');
  });

  it('keeps to the machine that the window is connected to', async () => {
    editor.folders = [
      {
        uri: vscode.Uri.from({ scheme: 'vscode-remote', authority: 'ssh-remote+box', path: '/repo' }),
        name: 'repo',
        index: 0,
      },
    ];
    const { context } = creating();
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(opened()[0]?.[0]).toBe('vscode-remote://ssh-remote+box/repo.worktrees/new-one');
  });

  it('opens the worktree and says why when a service does not get ready', async () => {
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' })];
    const { context } = creating({ ready: false, services });
    const done = commandHandlers['coppice.createWorktree'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(opened()).toHaveLength(1);
    expect(editor.messages[0]).toMatchObject({
      severity: 'warning',
      text: 'The environment of new/one is made, but not ready yet. backend: CrashLoopBackOff, exit code 3',
      buttons: ['Show Logs'],
    });
  });

  it('says why it is not ready when that is no service', async () => {
    editor.settings.set('coppice.agent.command', 'claude');
    editor.typed = () => '';
    const note = 'node_modules is not complete: [exit code 3](command:x).';
    const { context, happened } = creating({ ready: false, notes: [note] });
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(happened).toEqual(['created']);
    expect(editor.messages[0]?.text).toBe(
      'The environment of new/one is made, but not ready yet. The agent was not started. node_modules is not complete: [exit code 3] (command:x).',
    );
  });

  it('says what is wrong with the folder before it asks anything', async () => {
    const problem = new AppError('missingTool', 'git was not found.');
    const store = {
      ...aContext().dependencies.store,
      snapshot: aSnapshot({ repository: undefined, entries: [] }),
      problem,
    };
    const { context } = creating({}, { store });
    await expect(commandHandlers['coppice.createWorktree'](context, undefined)).rejects.toBe(problem);
    expect(editor.quickPicks).toEqual([]);
  });
});

describe('Create Worktree and Start Agent…', () => {
  beforeEach(() => {
    editor.settings.set('coppice.agent.command', 'claude');
    editor.typed = () => 'do it';
  });

  it.each([
    ['turned away from', 'claude', undefined, []],
    ['empty', 'claude', ' ', ['created', 'agent asked for in /repo.worktrees/new-one: , windows opened: 0']],
    [
      'none, which the command does not take',
      'my-agent',
      'x',
      ['created', 'agent asked for in /repo.worktrees/new-one: , windows opened: 0'],
    ],
  ])('with a prompt that is %s', async (_, command, typed, expected) => {
    editor.settings.set('coppice.agent.command', command);
    editor.typed = () => typed;
    const { context, happened } = creating();
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(happened).toEqual(expected);
    expect(editor.inputBoxes).toHaveLength(command === 'claude' ? 1 : 0);
  });

  it('makes nothing where there is no such agent', async () => {
    editor.settings.set('coppice.agent.command', 'none');
    const { context, happened } = creating();
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await expect(done).rejects.toMatchObject({ code: 'missingTool' });
    expect(happened).toEqual([]);
  });

  it('offers again what was typed where the create failed, and not once an agent was asked for with it', async () => {
    const { context, happened } = creating({}, {}, 1);
    const tried = async () => {
      const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
      const pick = await openPick();
      pick.type('x');
      await Promise.resolve();
      pick.accept();
      await done;
    };
    await expect(tried()).rejects.toThrow('The disk is full.');
    await tried();
    await tried();
    expect(editor.inputBoxes.map(({ value }) => value)).toEqual([undefined, 'do it', undefined]);
    expect(happened[1]).toContain('do it');
  });

  it('leaves word of the agent before the window opens', async () => {
    const { context, happened } = creating();
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(happened).toEqual(['created', 'agent asked for in /repo.worktrees/new-one: do it, windows opened: 0']);
    expect(opened()).toHaveLength(1);
  });

  it.each([
    ['ready', []],
    ['atOnce', ['agent asked for in /repo.worktrees/new-one: do it, windows opened: 0']],
  ] as const)('where the environment does not get ready, with the setting %s', async (startWhen, asked) => {
    editor.settings.set('coppice.agent.startWhen', startWhen);
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' })];
    const { context, happened } = creating({ ready: false, services });
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('x');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(happened).toEqual(['created', ...asked]);
    expect(opened()).toHaveLength(1);
    const message = editor.messages.at(-1)?.text ?? '';
    expect(message).toContain('CrashLoopBackOff, exit code 3');
    expect(message.includes('The agent was not started.')).toBe(asked.length === 0);
  });

  it('leaves word of it also where the worktree is there already', async () => {
    const { context, happened } = creating();
    const done = commandHandlers['coppice.createWorktreeAndStartAgent'](context, undefined);
    const pick = await openPick();
    pick.type('main');
    await Promise.resolve();
    pick.accept();
    await done;
    expect(happened).toEqual(['agent asked for in /repo: do it, windows opened: 0']);
    expect(opened()[0]?.[0]).toBe('file:///repo');
  });
});
