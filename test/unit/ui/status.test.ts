import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/app/run/run';
import { AppError } from '../../../src/core/errors';
import { actionsOf } from '../../../src/ui/statusBar/actions';
import { toSettings } from '../../../src/ui/editor/settings';
import { defaultSettings, settingLimits } from '../../../src/core/settings';
import { statusBarText } from '../../../src/ui/statusBar/statusBarText';
import { statusText } from '../../../src/ui/status/statusText';
import { toTree } from '../../../src/ui/tree/nodes';
import { StepMessages } from '../../../src/ui/report/stepMessages';
import { viewState } from '../../../src/ui/window/viewState';
import { entryOfFolder } from '../../../src/ui/editor/windowEntry';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain, hostileTexts, offline } from './builders';

describe('the status bar', () => {
  it("says the environment's name and health", () => {
    expect(statusBarText(aSnapshot(), anEntry())).toMatchObject({
      text: '$(pass-filled) feature healthy',
      accessibleName: 'Coppice: feature healthy',
      isError: false,
    });
  });

  it('is an error only when the environment is degraded now', () => {
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' })];
    const entry = anEntry({ environment: anEnvironment({ health: 'degraded', services }) });
    const shown = statusBarText(aSnapshot(), entry);
    expect(shown).toMatchObject({ text: '$(error) feature degraded', isError: true });
    expect(shown?.tooltip).toContainEqual(['backend', 'CrashLoopBackOff: exit code 3']);
    expect(statusBarText(aSnapshot({ cluster: offline }), entry)).toMatchObject({
      text: '$(debug-disconnect) feature offline',
      isError: false,
    });
  });

  it('says in every window how many of all environments fail', () => {
    const path = '/repo.worktrees/other';
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' })];
    const other = anEntry({
      worktree: aWorktree({ branch: 'other', path }),
      environment: anEnvironment({ health: 'degraded', services }),
    });
    const snapshot = aSnapshot({ entries: [bareMain, anEntry(), other] });
    expect(statusBarText(snapshot, anEntry())).toMatchObject({
      text: '$(pass-filled) feature healthy · 1 of 2 failing',
      accessibleName: 'Coppice: feature healthy, 1 of 2 environments is failing',
      isError: false,
    });
    expect(statusBarText(snapshot, bareMain)?.text).toMatch(/main no environment · 1 of 2 failing$/);
    expect(statusBarText(snapshot, bareMain)?.tooltip).toContainEqual([
      'other',
      'degraded: backend: CrashLoopBackOff: exit code 3',
    ]);
    expect(statusBarText(snapshot, other)?.tooltip).not.toContainEqual(['other', expect.anything()]);
    expect(statusBarText({ ...snapshot, cluster: offline }, anEntry())?.text).not.toContain('failing');
  });

  it('is not there without a worktree or where no environment is to be had', () => {
    expect(statusBarText(aSnapshot(), undefined)).toBeUndefined();
    expect(statusBarText(aSnapshot({ hasEnvironmentFile: false }), bareMain)).toBeUndefined();
    expect(statusBarText(aSnapshot(), bareMain)?.text).toBe('$(circle-large-outline) main no environment');
  });

  it.each(hostileTexts)('shows %j as text', (branch) => {
    const entry = { ...bareMain, worktree: aWorktree({ branch }) };
    expect(statusBarText(aSnapshot(), entry)?.text.slice('$(circle-large-outline)'.length)).not.toMatch(
      /(?<!\\)\$\(|\p{Cc}/u,
    );
  });
});

describe('the quick actions', () => {
  const commands = (...from: Parameters<typeof actionsOf>) => actionsOf(...from).map(({ command }) => command);

  it('offer nothing that cannot be done', () => {
    expect(commands(bareMain, aSnapshot({ entries: [bareMain] }))).toEqual([
      'coppice.createEnvironment',
      'coppice.openTerminal',
      'coppice.showChanges',
      'coppice.startAgent',
      'coppice.showStatus',
      'coppice.createWorktree',
    ]);
    const gone = { ...anEntry(), worktree: aWorktree({ prunable: 'gone' }) };
    expect(commands(bareMain, aSnapshot({ entries: [bareMain, gone] }))).not.toContain('coppice.switchWorktree');
  });

  it('are in the order of every list, with what deletes at the end', () => {
    const entry = anEntry({
      environment: anEnvironment({ services: [aService({ urls: ['http://feature.localhost/'] })] }),
    });
    const snapshot = aSnapshot({ entries: [bareMain, entry] });
    expect(commands(entry, snapshot).filter((id) => !/database|migration/i.test(id))).toEqual([
      'coppice.openWindow',
      'coppice.openDashboard',
      'coppice.openUrl',
      'coppice.showLogs',
      'coppice.showAllLogs',
      'coppice.openTerminal',
      'coppice.showChanges',
      'coppice.restartService',
      'coppice.sleepEnvironment',
      'coppice.updateEnvironment',
      'coppice.startAgent',
      'coppice.showStatus',
      'coppice.switchWorktree',
      'coppice.createWorktree',
      'coppice.delete',
    ]);
    expect(commands(entry, { ...snapshot, hasEnvironmentFile: false })).not.toContain('coppice.updateEnvironment');
    expect(commands(entry, snapshot)).toContain('coppice.resetDatabase');
    const without = anEntry({ environment: anEnvironment({ database: undefined }) });
    expect(commands(without, snapshot).filter((id) => /database|migration/i.test(id))).toEqual([]);
  });

  it('begin with what cannot wait: the cluster that is away, an agent that waits', () => {
    const agents = [{ program: 'claude-code', session: 's', state: 'waiting', since: 5 } as const];
    const snapshot = aSnapshot({ entries: [bareMain, anEntry({ agents })] });
    expect(commands(bareMain, snapshot)[0]).toBe('coppice.goToWaitingAgent');
    expect(commands(bareMain, { ...snapshot, cluster: offline })[0]).toBe('coppice.startCluster');
  });

  it('say first what fails, in whatever worktree, and lead to its log', () => {
    const path = '/repo.worktrees/other';
    const crash = { health: 'degraded', state: 'CrashLoopBackOff', restarts: 3 } as const;
    const services = [aService(), aService({ ...crash, name: 'api', reason: 'exit code 1: Error: KEY must be set' })];
    const environment = anEnvironment({ health: 'degraded', services });
    const other = anEntry({ worktree: aWorktree({ branch: 'other', path }), environment });
    const entry = anEntry();
    const snapshot = aSnapshot({ entries: [bareMain, entry, other] });
    expect(actionsOf(entry, snapshot)[0]).toEqual({
      icon: 'error',
      title: 'other: api',
      detail: 'KEY must be set · crashed ×3',
      command: 'coppice.showLogs',
      row: `worktree:${path}#service:api`,
    });
    expect(toTree(snapshot, []).nodes.get(`worktree:${path}#service:api`)?.kind).toBe('service');
    expect(commands(entry, { ...snapshot, cluster: offline })[1]).not.toBe('coppice.showLogs');
    const many = Array.from({ length: 9 }, (_, at) => ({
      ...other,
      worktree: aWorktree({ branch: `b${at}`, path: `/repo.worktrees/${at}` }),
    }));
    expect(actionsOf(entry, aSnapshot({ entries: [entry, ...many] })).filter(({ row }) => row)).toHaveLength(5);
  });

  it('wake what sleeps, and neither restart it nor show what it says', () => {
    const services = [aService({ health: 'asleep', desired: 0 })];
    const entry = anEntry({ environment: anEnvironment({ health: 'asleep', services }) });
    const offered = commands(entry, aSnapshot({ entries: [bareMain, entry] }));
    expect(offered).toContain('coppice.wakeEnvironment');
    for (const id of ['showLogs', 'restartService', 'sleepEnvironment']) expect(offered).not.toContain(`coppice.${id}`);
  });
});

describe('the empty view', () => {
  const facts = { isTrusted: true, folders: ['/repo'], isLoaded: true, problem: undefined };
  const none = aSnapshot({ repository: undefined, entries: [] });

  it.each([
    ['noFolder', none, { ...facts, folders: [] }],
    ['untrusted', aSnapshot(), { ...facts, isTrusted: false }],
    ['loading', none, { ...facts, isLoaded: false }],
    ['noRepository', none, facts],
    ['noRepository', none, { ...facts, isLoaded: false, problem: new AppError('invalidInput', 'x') }],
    ['noGit', none, { ...facts, problem: new AppError('missingTool', 'x') }],
    ['noEnvironmentFile', aSnapshot({ entries: [bareMain], hasEnvironmentFile: false }), facts],
    ['noEnvironments', aSnapshot({ entries: [bareMain] }), facts],
    ['ready', aSnapshot(), facts],
  ] as const)('is %s', (state, snapshot, given) => {
    expect(viewState(snapshot, given)).toBe(state);
  });
});

describe('the status document', () => {
  it('tells everything that is known', () => {
    const urls = ['http://feature.localhost:8080/'];
    const entry = anEntry({ environment: anEnvironment({ services: [aService({ urls, restarts: 2 })] }) });
    const text = statusText(aSnapshot(), entry);
    expect(text).toMatch(/^Worktree feature$/m);
    expect(text).toMatch(/^ {2}Namespace +worktree-feature$/m);
    expect(text).toMatch(/^ {2}backend +Running · 1\/1 ready · 2 restarts$/m);
    expect(text).toMatch(/^ {2}backend +http:\/\/feature\.localhost:8080\/$/m);
    expect(text).toMatch(/^ {2}backend +9142$/m);
  });

  it('lines its values up, and tells times as a clock does', () => {
    const lines = statusText(aSnapshot({ cluster: offline }), anEntry())
      .split('\n')
      .filter((line) => line.startsWith('  '));
    const starts = lines.map((line) => /^ {2}\S.*? {2,}(?=\S)/.exec(line)?.[0].length);
    expect(new Set(starts).size).toBe(1);
    expect(lines.join('\n')).toMatch(/offline since \d{4}-\d\d-\d\d \d\d:\d\d: /);
  });

  it('says that there is no environment', () => {
    const text = statusText(aSnapshot(), bareMain);
    expect(text).toMatch(/Health +no environment$/m);
    expect(text).toMatch(/Way out +"Create Environment" makes one\.$/m);
  });
});

describe("a window's worktree", () => {
  it('is the innermost', () => {
    const inner = anEntry({ worktree: aWorktree({ path: '/repo/.worktrees/x' }) });
    const snapshot = aSnapshot({ entries: [bareMain, inner] });
    expect(entryOfFolder(snapshot, '/repo/.worktrees/x/src')).toBe(inner);
    expect(entryOfFolder(snapshot, '/repo/.worktrees')).toBe(bareMain);
    expect(entryOfFolder(snapshot, '/elsewhere')).toBeUndefined();
  });
});

describe('progress', () => {
  const news = (step: string, state: Progress['state'], finished: number): Progress => ({
    step,
    state,
    title: `Do ${step}`,
    finished,
    total: 4,
  });

  it('never calls done what did not reach what it was for', () => {
    const title = 'Wait until the services are ready';
    const news = {
      step: 'ready',
      title,
      state: 'short',
      detail: 'x: CrashLoopBackOff',
      finished: 8,
      total: 8,
    } as const;
    expect(new StepMessages().next(news).message).toBe(`Without success: ${title}`);
  });

  it('counts steps and names the one that runs, several at a time too', () => {
    const messages = new StepMessages();
    expect(messages.next(news('a', 'running', 0))).toEqual({ message: '1/4 Do a', increment: 0 });
    expect(messages.next(news('b', 'running', 0))).toEqual({ message: '1/4 Do b', increment: 0 });
    expect(messages.next(news('b', 'done', 1))).toEqual({ message: '2/4 Do a', increment: 25 });
    expect(messages.next(news('a', 'done', 2))).toEqual({ message: '3/4 Do a', increment: 25 });
    expect(messages.next(news('c', 'running', 2))).toEqual({ message: '3/4 Do c', increment: 0 });
  });

  it('tells how far a step is, and comes back to it when another one has ended', () => {
    const messages = new StepMessages();
    messages.next(news('a', 'running', 0));
    messages.next(news('b', 'running', 0));
    const line = { ...news('a', 'running', 0), detail: 'step 2 of 4' };
    expect(messages.next(line)).toEqual({ message: '1/4 Do a: step 2 of 4', increment: 0 });
    expect(messages.next(news('b', 'done', 1)).message).toBe('2/4 Do a: step 2 of 4');
  });

  it.each(hostileTexts)('shows %j, which a program prints, as text', (detail) => {
    const { message } = new StepMessages().next({ ...news('a', 'running', 0), detail });
    expect(message).toMatch(/^1\/4 Do a: ./);
    expect(message).not.toMatch(/\]\(|\p{Cc}|\u202e/u);
  });

  it('tells what is taken back', () => {
    const messages = new StepMessages();
    messages.next(news('a', 'running', 3));
    expect(messages.next(news('a', 'failed', 3)).message).toBe('Failed: Do a');
    expect(messages.next(news('a', 'undone', 3))).toEqual({ message: 'Undone: Do a', increment: 0 });
  });
});

describe('settings', () => {
  it('are the defaults where nothing, or nothing of the right type, is set', () => {
    expect(toSettings(() => undefined)).toEqual(defaultSettings);
    const set: Record<string, unknown> = { 'gateway.port': 'x', 'agent.command': 'codex', 'helm.path': 3 };
    expect(toSettings((key) => set[key])).toEqual({ ...defaultSettings, 'agent.command': 'codex' });
  });

  it('have of a number that is beyond its limits the nearest that is allowed', () => {
    const entries = Object.entries(settingLimits);
    expect(entries.length).toBeGreaterThan(3);
    const limits = entries.map(([key, [least, most]]) => ({ key, least, most }));
    const read = (value: (of: { least: number; most: number }) => number): Record<string, unknown> => {
      const set: Record<string, number> = Object.fromEntries(limits.map((each) => [each.key, value(each)]));
      return { ...toSettings((key) => set[key]) };
    };
    for (const { key, least, most } of limits) {
      expect(read((of) => of.least - 1)[key]).toBe(least);
      expect(read((of) => of.most + 1)[key]).toBe(most);
      expect(read((of) => of.least + 0.4)[key]).toBe(least);
      expect(read((of) => of.most)[key]).toBe(most);
      expect(read(() => Number.NaN)[key]).toBe(Reflect.get(defaultSettings, key));
    }
  });
});
