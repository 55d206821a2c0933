import { beforeEach, describe, expect, it } from 'vitest';
import type { ExtensionContext, WorkspaceFolder } from 'vscode';
import * as vscode from 'vscode';
import { activateUi } from '../../../src/ui/activateUi';
import { commandHandlers } from '../../../src/ui/commands/commandHandlers';
import type { LoadCommands } from '../../../src/ui/commands/registerCommands';
import { commandIds } from '../../../src/ui/context/commandId';
import { LogPseudoterminal } from '../../../src/ui/logs/logTerminals';
import { WindowEnvironment, type TerminalVariables } from '../../../src/ui/window/windowEnvironment';
import { until } from '../../support/until';
import { aMemento } from '../../support/aMemento';
import { editor } from '../../support/vscodeStub';
import { anEntry, anEnvironment, aSnapshot, bareMain, offline } from './builders';
import { someDependencies } from './context';

beforeEach(() => editor.reset());

function aSignal(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((onResolve) => (resolve = onResolve));
  return { promise, resolve: () => resolve() };
}

function aCollection() {
  const variables = new Map<string, string>();
  let writes = 0;
  const scoped = {
    clear: (): void => {
      variables.clear();
      writes++;
    },
    replace: (name: string, value: string) => void variables.set(name, value),
    description: '',
  };
  const collection: TerminalVariables = { persistent: true, getScoped: () => scoped, clear: () => variables.clear() };
  return {
    variables,
    get writes() {
      return writes;
    },
    persistent: () => collection.persistent,
    collection,
  };
}

const folder: WorkspaceFolder = { uri: vscode.Uri.file('/repo.worktrees/feature'), name: 'feature', index: 0 };

describe("a window's terminals", () => {
  function aWindow(variables: Record<string, string> | undefined, wantsAgent: boolean[] = []) {
    const asked: string[] = [];
    const woken: string[] = [];
    const { dependencies } = someDependencies({
      environments: {
        variables: async (path) => {
          asked.push(path);
          return variables && { ...variables };
        },
        wake: async ({ path }, { signal }) => {
          woken.push(path);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('the window was closed');
        },
      },
      agents: {
        read: async () => (wantsAgent.shift() ? { prompt: 'do it' } : undefined),
        take: async () => ({ prompt: 'do it' }),
        find: async (command, _, task) => {
          if (command === 'none') throw new Error('there is none');
          return { file: command, argv: ['--continue', task?.prompt ?? ''], isVerbatim: false };
        },
      },
    });
    const failures: unknown[] = [];
    const target = aCollection();
    const environment = new WindowEnvironment(dependencies, target.collection, (error) => failures.push(error));
    return { asked, woken, target, failures, environment };
  }

  it("carry the environment's variables, written once for as long as they stay", async () => {
    const { target, environment, asked } = aWindow({ DATABASE_URL: 'postgresql://x' });
    await environment.update(aSnapshot(), [folder]);
    await environment.update(aSnapshot(), [folder]);
    await environment.update(
      aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health: 'degraded' }) })] }),
      [folder],
    );
    expect([...target.variables]).toEqual([['DATABASE_URL', 'postgresql://x']]);
    expect(asked).toEqual(['/repo.worktrees/feature', '/repo.worktrees/feature']);
    expect(target.writes).toBe(1);
    expect(target.persistent()).toBe(false);
  });

  it('are read anew when a setting was changed, and written only where that changed them', async () => {
    const variables: Record<string, string> = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one' };
    const { target, environment, asked } = aWindow(variables);
    await environment.update(aSnapshot(), [folder]);
    environment.readAgain();
    await environment.update(aSnapshot(), [folder]);
    expect([asked.length, target.writes]).toEqual([2, 1]);
    variables['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://other';
    environment.readAgain();
    await environment.update(aSnapshot(), [folder]);
    expect([asked.length, target.writes]).toEqual([3, 2]);
  });

  it('lose them when the environment is gone, and keep them while the cluster is only away', async () => {
    const { target, environment } = aWindow({ A: '1' });
    await environment.update(aSnapshot(), [folder]);
    await environment.update(aSnapshot({ entries: [anEntry({ environment: undefined })], cluster: offline }), [folder]);
    expect(target.variables.size).toBe(1);
    await environment.update(aSnapshot({ entries: [anEntry({ environment: undefined })] }), [folder]);
    expect(target.variables.size).toBe(0);
  });

  it('lose them at once when the repository uses another cluster, also while that one is away', async () => {
    const { target, environment } = aWindow({ A: '1' });
    await environment.update(aSnapshot(), [folder]);
    const elsewhere = { kind: 'context', context: 'k3d-a', server: 'https://127.0.0.1:1' } as const;
    const entry = anEntry({ environment: undefined, elsewhere });
    await environment.update(aSnapshot({ entries: [bareMain, entry], cluster: offline }), [folder]);
    expect([...target.variables.keys()]).toEqual([]);
  });

  it('are looked up again when they could not be known', async () => {
    const { asked, environment } = aWindow(undefined);
    await environment.update(aSnapshot(), [folder]);
    await environment.update(aSnapshot(), [folder]);
    expect(asked).toHaveLength(2);
  });

  it('start the agent that was asked for, once, and only when the environment has started', async () => {
    editor.settings.set('coppice.agent.command', 'claude');
    const { environment } = aWindow({ A: '1' }, [true, true]);
    const starting = aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health: 'progressing' }) })] });
    await environment.update(starting, [folder]);
    expect(editor.terminals).toEqual([]);
    // Its services run, which is what a create calls ready, whatever they wait for themselves.
    const waits = { part: 'temporal', title: 'Temporal', name: 'x', waits: 'it is away' };
    const waiting = aSnapshot({ entries: [anEntry({ environment: anEnvironment({ parts: [waits] }) })] });
    await environment.update(waiting, [folder]);
    await environment.update(waiting, [folder]);
    expect(editor.terminals).toHaveLength(1);
    const options = { env: { A: '1' }, shellPath: 'claude', shellArgs: ['--continue', 'do it'] };
    expect(editor.terminals[0]).toMatchObject({ sent: [], options });
  });

  it('wake an environment that sleeps when the window is opened, and none that is put to sleep later', async () => {
    const asleep = aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health: 'asleep' }) })] });
    const opened = aWindow({ A: '1' });
    await opened.environment.update({ ...asleep, cluster: offline }, [folder]);
    expect(opened.woken).toEqual([]);
    await opened.environment.update(asleep, [folder]);
    await opened.environment.update(asleep, [folder]);
    expect(opened.woken).toEqual(['/repo.worktrees/feature']);
    // What it waits for ends with the window, and is nobody's failure.
    opened.environment.dispose();
    const open = aWindow({ A: '1' });
    await open.environment.update(aSnapshot(), [folder]);
    await open.environment.update(asleep, [folder]);
    expect(open.woken).toEqual([]);
    expect([opened.failures, open.failures]).toEqual([[], []]);
  });

  it('tell why an agent that was asked for cannot start', async () => {
    editor.settings.set('coppice.agent.command', 'none');
    const { environment, failures } = aWindow({ A: '1' }, [true]);
    await environment.update(aSnapshot(), [folder]);
    expect(failures).toEqual([new Error('there is none')]);
    expect(editor.terminals).toEqual([]);
  });

  it.each(['degraded', 'progressing'] as const)(
    'start an agent in a %s one only where the setting says so',
    async (health) => {
      editor.settings.set('coppice.agent.command', 'claude');
      const { environment } = aWindow({ A: '1' }, [true]);
      const snapshot = aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health }) })] });
      await environment.update(snapshot, [folder]);
      expect(editor.terminals).toEqual([]);
      editor.settings.set('coppice.agent.startWhen', 'atOnce');
      await environment.update(snapshot, [folder]);
      expect(editor.terminals).toHaveLength(1);
    },
  );

  it('start one that another window asks for later, once somebody comes to this window', async () => {
    const { environment } = aWindow({ A: '1' }, [false, true]);
    await environment.update(aSnapshot(), [folder]);
    await environment.update(aSnapshot(), [folder]);
    expect(editor.terminals).toEqual([]);
    environment.lookAgain();
    await environment.update(aSnapshot(), [folder]);
    expect(editor.terminals).toHaveLength(1);
  });

  it('start no agent that nobody asked for', async () => {
    const { environment } = aWindow({ A: '1' }, [false]);
    await environment.update(aSnapshot(), [folder]);
    expect(editor.terminals).toEqual([]);
  });
});

describe("a service's log", () => {
  it('is read from opening to closing', async () => {
    let aborted = false;
    const written: string[] = [];
    const first = aSignal();
    const terminal = new LogPseudoterminal(async function* (signal) {
      signal.addEventListener('abort', () => (aborted = true));
      yield 'one \u001b[31mred\u001b[0m\u001b[2J';
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      yield 'after the end';
    });
    terminal.onDidWrite((text) => (written.push(text), first.resolve()));
    terminal.open();
    await first.promise;
    terminal.close();
    expect(aborted).toBe(true);
    expect(written).toEqual(['one \u001b[31mred\u001b[0m\r\n']);
  });

  it('says why it cannot be read, and is read again on Enter', async () => {
    let reads = 0;
    const said = aSignal();
    const terminal = new LogPseudoterminal(async function* () {
      reads++;
      throw new Error('no such pod');
    });
    terminal.onDidWrite((text) => {
      expect(text).toContain('no such pod');
      said.resolve();
    });
    terminal.open();
    await said.promise;
    await Promise.resolve();
    terminal.handleInput('\r');
    expect(reads).toBe(2);
    terminal.close();
  });
});

describe('activation', () => {
  const woken: string[] = [];
  const swept: string[] = [];
  beforeEach(() => void (woken.length = swept.length = 0));

  const early = async (): Promise<never> => Promise.reject(new Error('loaded before anybody asked for it'));

  function activated(change: { isTrusted?: boolean; folders?: string[]; commands?: LoadCommands } = {}) {
    editor.isTrusted = change.isTrusted ?? true;
    editor.folders = (change.folders ?? ['/repo.worktrees/feature']).map((path, index) => ({
      uri: vscode.Uri.file(path) as never,
      name: path,
      index,
    }));
    const wake = async ({ path }: { readonly path: string }) => {
      woken.push(path);
      return { namespace: 'worktree-feature', slept: true, ready: true, services: [] };
    };
    const sweepTrash = async (request: { readonly folder: string }) => void swept.push(request.folder);
    const some = someDependencies({ environments: { variables: async () => undefined, wake, sweepTrash } });
    const subscriptions: { dispose(): unknown }[] = [];
    const context: Partial<ExtensionContext> = {
      subscriptions,
      extensionUri: vscode.Uri.file('/extension'),
      globalState: aMemento() as ExtensionContext['globalState'],
      workspaceState: aMemento() as ExtensionContext['workspaceState'],
      environmentVariableCollection: aCollection().collection as ExtensionContext['environmentVariableCollection'],
    };
    activateUi(context as ExtensionContext, some.dependencies, {
      commands: change.commands ?? early,
      ...{ waitNotices: early, dashboards: early, logs: early, overview: early },
    });
    return { ...some, dispose: () => subscriptions.forEach((one) => one.dispose()) };
  }
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('registers every command, touches nothing that would load, and begins to read afterwards', async () => {
    const { calls, dispose } = activated();
    expect(calls).toEqual([]);
    expect([...editor.commands.keys()].sort()).toEqual([...commandIds].sort());
    expect(editor.statusBar).toMatchObject({ isVisible: true, text: '$(pass-filled) feature healthy' });
    editor.showView(true);
    await nextTurn();
    expect(calls).toContain('setVisible true');
    expect(calls.filter((call) => call === 'refresh')).toHaveLength(1);
    editor.showView(false);
    expect(calls.at(-1)).toBe('setVisible false');
    dispose();
    expect(editor.commands.size).toBe(0);
  });

  it('sweeps the trash once it has read, and only then', async () => {
    const { dispose, dependencies } = activated();
    expect(swept).toEqual([]);
    editor.showView(true);
    await until(() => swept.length > 0);
    editor.showView(false);
    editor.showView(true);
    await nextTurn();
    expect(swept).toEqual([dependencies.store.snapshot.repository?.root]);
    dispose();
  });

  it('wakes an environment that was put to sleep meanwhile for a terminal that somebody opens', async () => {
    const { publish, dispose } = activated();
    const asleep = aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health: 'asleep' }) })] });
    const settled = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await nextTurn();
    };
    editor.openTerminal();
    editor.showView(true);
    await settled();
    publish(asleep);
    await settled();
    editor.openTerminal({ pty: {} });
    await settled();
    expect(woken).toEqual([]);
    editor.openTerminal();
    await settled();
    expect(woken).toEqual(['/repo.worktrees/feature']);
    dispose();
  });

  it('reads anew when a setting of ours was changed, while somebody looks', async () => {
    const { calls, dispose } = activated();
    const refreshes = () => calls.filter((call) => call === 'refresh').length;
    editor.showView(true);
    await nextTurn();
    editor.changeSettings('editor');
    expect(refreshes()).toBe(1);
    editor.changeSettings();
    expect(refreshes()).toBe(2);
    editor.showView(false);
    editor.changeSettings();
    expect(refreshes()).toBe(2);
    dispose();
  });

  it('renders what the store says, and sets only the context keys that changed', async () => {
    const { publish, dispose } = activated({ commands: async () => commandHandlers });
    expect(editor.contextKeys.get('coppice.state')).toBe('ready');
    publish(aSnapshot({ entries: [bareMain] }));
    expect(editor.contextKeys.get('coppice.state')).toBe('noEnvironments');
    expect(editor.contextKeys.get('coppice.hasEnvironment')).toBe(false);
    await vscode.commands.executeCommand('coppice.sortByName');
    await vscode.commands.executeCommand('coppice.showFailing');
    expect([...editor.contextKeys]).toEqual(
      expect.arrayContaining([
        ['coppice.sort', 'name'],
        ['coppice.filter', 'failing'],
      ]),
    );
    await vscode.commands.executeCommand('coppice.showAllWorktrees');
    expect(editor.contextKeys.get('coppice.filter')).toBeUndefined();
    expect(editor.statusBar.isVisible).toBe(false);
    dispose();
  });

  it('reads and runs nothing in a folder that is not trusted, until it is', async () => {
    const { calls, publish, dispose } = activated({ isTrusted: false });
    editor.showView(true);
    await nextTurn();
    publish(aSnapshot());
    for (const id of commandIds) {
      if (id !== 'coppice.showLog') await vscode.commands.executeCommand(id, 'worktree:/repo.worktrees/feature');
    }
    expect(calls).toEqual([]);
    expect(editor.executed.filter(([id]) => !String(id).startsWith('coppice.'))).toEqual([]);
    expect(editor.messages).toHaveLength(commandIds.length - 1);
    expect(editor.messages.every(({ buttons }) => buttons[0] === 'Manage Trust')).toBe(true);
    expect(editor.statusBar).toMatchObject({
      isVisible: true,
      text: '$(workspace-untrusted) Trust this worktree to start its environment and agent',
      command: 'workbench.trust.manage',
    });
    expect(editor.contextKeys.get('coppice.state')).toBe('untrusted');
    editor.grantTrust();
    expect(calls).toContain('setVisible true');
    expect(editor.statusBar).toMatchObject({
      ...{ isVisible: true, text: '$(pass-filled) feature healthy', command: 'coppice.showActions' },
    });
    // What waited begins once, however often it is told.
    editor.grantTrust();
    expect(calls.filter((call) => call === 'refresh')).toHaveLength(1);
    dispose();
  });

  it('reads nothing in a window without a folder', async () => {
    const { calls, dispose } = activated({ folders: [] });
    editor.showView(true);
    await nextTurn();
    expect(calls.filter((call) => call !== 'setVisible false')).toEqual([]);
    dispose();
    const untrusted = activated({ folders: [], isTrusted: false });
    expect(editor.statusBar.isVisible).toBe(false);
    untrusted.dispose();
  });
});
