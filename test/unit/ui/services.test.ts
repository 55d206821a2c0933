import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors';
import { Emitter } from '../../../src/core/event';
import type { ExecRequest, Execution, PortForward } from '../../../src/core/ports/workloads';
import { commandHandlers } from '../../../src/ui/commands/commandHandlers';
import { ForwardedPorts } from '../../../src/ui/services/forwardedPorts';
import { ContainerTerminal } from '../../../src/ui/terminals/containerTerminal';
import { toItem } from '../../../src/ui/tree/item';
import { toTree } from '../../../src/ui/tree/nodes';
import { editor } from '../../support/vscodeStub';
import { aService, aSnapshot, anEntry, anEnvironment, bareMain, offline } from './builders';
import { aContext, someDependencies } from './context';

const path = '/repo.worktrees/feature';
const row = `worktree:${path}#service:backend`;
const at = { folder: path, path, service: 'backend' };

/** A forward that leads nowhere; like the real one, its fields are not its own properties. */
function aForward(change: { readonly localPort?: number; readonly namespace?: string } = {}) {
  const failures = new Emitter<string>();
  const state = { isOver: false };
  const told = { namespace: 'worktree-feature', service: 'backend', port: 3000, localPort: 50_123, ...change };
  const forward = Object.create({
    ...told,
    onDidFail: failures.event,
    dispose: () => void (state.isOver = true),
  }) as PortForward;
  return { forward, failures, state };
}

beforeEach(() => editor.reset());

describe('a forwarded port', () => {
  const forwards = [{ path, namespace: 'worktree-feature', service: 'backend', port: 3000, localPort: 50_123 }];

  it('is a row below its service, and below no other', () => {
    const services = [aService(), aService({ name: 'frontend' })];
    const other = anEntry({ worktree: { ...anEntry().worktree, path: '/repo.worktrees/other' } });
    const entries = [anEntry({ environment: anEnvironment({ services }) }), other];
    const tree = toTree(aSnapshot({ entries }), [], forwards);
    expect(tree.children.get(row)).toEqual([`${row}#forward:50123`]);
    const rows = [...tree.nodes.values()].filter(({ kind }) => kind === 'forward');
    expect(rows.map(({ id }) => id)).toEqual([`${row}#forward:50123`]);
    const node = tree.nodes.get(`${row}#forward:50123`);
    expect(node && toItem(node)).toMatchObject({
      label: '127.0.0.1:50123',
      description: '→ port 3000',
      contextValue: 'forward;',
      collapsible: 'no',
    });
    const service = tree.nodes.get(row);
    expect(service && toItem(service).collapsible).toBe('expanded');
    const without = toTree(aSnapshot(), []).nodes.get(row);
    expect(without && toItem(without).collapsible).toBe('no');
  });

  it('ends when it is stopped, with its environment, and with the window', () => {
    const some = someDependencies();
    const ports = new ForwardedPorts(some.dependencies.log);
    let changes = 0;
    ports.onDidChange(() => changes++);
    const [stopped, gone, last] = [1, 2, 3].map((localPort) => aForward({ localPort, namespace: `n${localPort}` }));
    for (const one of [stopped, gone, last]) if (one) ports.add(path, one.forward);
    expect(ports.all.map(({ localPort }) => localPort)).toEqual([1, 2, 3]);
    ports.stop(1);
    expect([stopped, gone, last].map((one) => one?.state.isOver)).toEqual([true, false, false]);
    const entries = [anEntry({ environment: anEnvironment({ namespace: 'n3' }) })];
    // Who cannot be seen may be there all the same.
    ports.update(aSnapshot({ entries: [], cluster: offline }));
    expect(ports.all).toHaveLength(2);
    ports.update(aSnapshot({ entries }));
    expect([stopped, gone, last].map((one) => one?.state.isOver)).toEqual([true, true, false]);
    expect(changes).toBe(5);
    ports.dispose();
    expect(last?.state.isOver).toBe(true);
  });

  it('tells in the log, not in a notification, what went wrong', () => {
    const some = someDependencies();
    const { forward, failures } = aForward();
    new ForwardedPorts(some.dependencies.log).add(path, forward);
    failures.fire('connection refused');
    expect(some.logged).toEqual(['127.0.0.1:50123 to port 3000 of backend: connection refused']);
    expect(editor.messages).toEqual([]);
  });

  it('is made by the command, which proposes the port that the service names', async () => {
    const asked: unknown[] = [];
    const { forward } = aForward();
    const { context, calls } = aContext({
      services: {
        ports: async () => [3000, 9229],
        forward: async (input) => (asked.push(input), forward),
      },
    });
    editor.typed = ({ value }) => value;
    await commandHandlers['coppice.forwardPort'](context, row);
    expect(editor.inputBoxes[0]?.value).toBe('3000');
    expect(asked).toEqual([{ ...at, port: 3000 }]);
    expect(context.forwardedPorts.all).toHaveLength(1);
    expect(calls).toEqual([`reveal ${row}#forward:50123`]);
    await commandHandlers['coppice.openUrl'](context, `${row}#forward:50123`);
    expect(editor.opened).toEqual(['http://127.0.0.1:50123/']);
    await commandHandlers['coppice.stopForward'](context, `${row}#forward:50123`);
    expect(context.forwardedPorts.all).toEqual([]);
  });

  it.each(['', '0', '65536', 'http', '-1', '1.5', '1e3'])(
    'is none at %j, nor when the person turns away',
    async (text) => {
      const { context, calls } = aContext({ services: { ports: async () => [] } });
      editor.typed = () => text;
      await commandHandlers['coppice.forwardPort'](context, row);
      expect(editor.inputBoxes[0]?.validateInput?.(text)).toBe('A number from 1 to 65535');
      editor.typed = () => undefined;
      await commandHandlers['coppice.forwardPort'](context, row);
      expect(calls).toEqual([]);
    },
  );
});

describe('scaling', () => {
  it('asks how many, from as many as there are', async () => {
    const asked: unknown[] = [];
    const status = aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' });
    const scale = async (input: object) => ({ ready: asked.push(input) > 1, services: [status] });
    const { context } = aContext({ services: { scale } });
    editor.typed = ({ value }) => `${Number(value) + 2}`;
    await commandHandlers['coppice.scaleService'](context, row);
    expect(asked).toEqual([{ ...at, replicas: 3 }]);
    expect(editor.messages).toMatchObject([
      {
        severity: 'warning',
        text: 'backend is to have 3 pods, but is not ready: CrashLoopBackOff: exit code 3',
        buttons: ['Show Logs'],
      },
    ]);
    for (const text of ['', '-1', '100', 'two', '1.5']) {
      expect(editor.inputBoxes[0]?.validateInput?.(text), text).toBe('A whole number from 0 to 99');
      editor.typed = () => text;
      await commandHandlers['coppice.scaleService'](context, row);
    }
    expect(asked).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('says nothing when the new pods are ready, and why when they are not', async () => {
    let ready = true;
    const status = aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' });
    const { context } = aContext({ services: { restart: async () => ({ ready, status, services: [status] }) } });
    await commandHandlers['coppice.restartService'](context, row);
    expect(editor.messages).toEqual([]);
    ready = false;
    await commandHandlers['coppice.restartService'](context, row);
    expect(editor.messages).toMatchObject([
      {
        severity: 'warning',
        text: 'backend was restarted, but is not ready: CrashLoopBackOff: exit code 3',
        buttons: ['Show Logs'],
      },
    ]);
  });
});

describe('a restart of what others wait for', () => {
  it('names the one that does not become ready', async () => {
    const worker = aService({ name: 'worker', health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 1' });
    const status = aService();
    const restart = async () => ({ ready: false, status, services: [status, worker] });
    await commandHandlers['coppice.restartService'](aContext({ services: { restart } }).context, row);
    expect(editor.messages[0]?.text).toBe(
      'backend was restarted, but not all that waited for it is ready: worker: CrashLoopBackOff: exit code 1',
    );
  });
});

describe('a description', () => {
  it('is a document, read anew each time', async () => {
    let reads = 0;
    const { context } = aContext({ services: { describe: async () => `read ${++reads}` } });
    await commandHandlers['coppice.describeService'](context, row);
    await commandHandlers['coppice.describeService'](context, row);
    const [uri] = editor.documents;
    expect(uri).toMatchObject({ scheme: 'coppice-describe', path: '/backend.txt', query: path });
    expect(context.descriptions.provideTextDocumentContent(uri as never)).toBe('read 2');
  });

  it('that cannot be read is no document', async () => {
    const { context } = aContext();
    await expect(commandHandlers['coppice.describeService'](context, row)).rejects.toThrow(
      'services.describe was called',
    );
    expect(editor.documents).toEqual([]);
  });
});

describe('logs of the run before', () => {
  it('are read to their end, in a terminal of their own', async () => {
    const asked: unknown[] = [];
    const { context } = aContext({
      services: {
        async *logs(namespace, service, options) {
          asked.push([namespace, service, options]);
          yield 'last words';
        },
      },
    });
    await commandHandlers['coppice.showPreviousLogs'](context, row);
    await commandHandlers['coppice.showLogs'](context, row);
    expect(editor.terminals.map(({ name }) => name)).toEqual([
      'feature · backend · previous logs',
      'feature · backend · logs',
    ]);
    for (const { options } of editor.terminals) (options.pty as { open(): void }).open();
    expect(asked).toEqual([
      ['worktree-feature', 'backend', { follow: false, previous: true, tail: 1000 }],
      ['worktree-feature', 'backend', { follow: true, previous: false, tail: 1000 }],
    ]);
  });

  it('are offered where there was one', () => {
    const contextValue = (restarts: number): string | undefined => {
      const services = [aService({ restarts, urls: ['http://a/'] })];
      const entries = [bareMain, anEntry({ environment: anEnvironment({ services }) })];
      const node = toTree(aSnapshot({ entries }), []).nodes.get(row);
      return node && toItem(node).contextValue;
    };
    expect(contextValue(0)).toBe('service;url;');
    expect(contextValue(2)).toBe('service;url;restarted;');
  });
});

describe('a terminal in a container', () => {
  type Started = Pick<ExecRequest, 'tty' | 'onOutput'>;

  function aTerminal() {
    const starts: { request: Started; signal: AbortSignal }[] = [];
    const written: string[] = [];
    const told: string[] = [];
    const sizes: unknown[] = [];
    const closed: unknown[] = [];
    let exit: (code: number) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const terminal = new ContainerTerminal(async (request, signal): Promise<Execution> => {
      starts.push({ request, signal });
      return {
        pod: 'backend-1',
        exited: new Promise((resolve, reject) => ([exit, fail] = [resolve, reject])),
        write: async (data) => void written.push(Buffer.from(data).toString()),
        endInput: () => undefined,
        resize: (size) => void sizes.push(size),
        dispose: () => undefined,
      };
    });
    terminal.onDidWrite((text) => told.push(text));
    terminal.onDidClose((code) => closed.push(code));
    const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
    return {
      terminal,
      starts,
      written,
      told,
      sizes,
      closed,
      settled,
      exit: (code: number) => exit(code),
      fail: (error: unknown) => fail(error),
    };
  }

  it('has the size of the editor, shows what comes and passes on what is typed', async () => {
    const { terminal, starts, written, told, sizes, settled } = aTerminal();
    terminal.open({ columns: 100, rows: 30 });
    await settled();
    expect(starts[0]?.request.tty).toEqual({ columns: 100, rows: 30 });
    terminal.handleInput('ls ä\r');
    terminal.setDimensions({ columns: 50, rows: 20 });
    expect(written).toEqual(['ls ä\r']);
    expect(sizes).toEqual([{ columns: 50, rows: 20 }]);
    // A character that comes in two pieces is one.
    for (const piece of [[0xc3], [0xa4, 0x0a]]) void starts[0]?.request.onOutput(Uint8Array.from(piece), 'stdout');
    expect(told.join('')).toBe('ä\n');
    terminal.close();
    expect(starts[0]?.signal.aborted).toBe(true);
  });

  it('closes when the shell ends, however it ends', async () => {
    const { terminal, closed, told, exit, settled } = aTerminal();
    terminal.open(undefined);
    await settled();
    exit(130);
    await settled();
    expect(closed).toEqual([0]);
    expect(told).toEqual([]);
  });

  it('says why there is none, and tries again on Enter', async () => {
    const { terminal, closed, told, starts, exit, fail, settled } = aTerminal();
    terminal.open(undefined);
    await settled();
    fail(new AppError('failed', 'The program "sh" could not be run in the container.'));
    await settled();
    expect(told.join('')).toContain('The program "sh" could not be run in the container. Press Enter to try again.');
    terminal.handleInput('x');
    expect(starts).toHaveLength(1);
    terminal.handleInput('\r');
    await settled();
    expect(starts).toHaveLength(2);
    exit(127);
    await settled();
    expect(told.join('')).toContain('The container has no shell.');
    expect(closed).toEqual([]);
  });

  it('is opened by the command with a shell in the service of the row', async () => {
    const asked: unknown[] = [];
    const { context } = aContext({
      services: {
        exec: async ({ onOutput: _, ...input }) => {
          asked.push(input);
          throw new AppError('notFound', 'No pod of "backend" runs.');
        },
      },
    });
    await commandHandlers['coppice.openContainerTerminal'](context, row);
    const [opened] = editor.terminals;
    expect(opened?.name).toBe('feature · backend · container');
    (opened?.options.pty as ContainerTerminal).open({ columns: 80, rows: 24 });
    expect(asked).toEqual([{ ...at, command: [], stdin: true, tty: { columns: 80, rows: 24 } }]);
  });
});

describe('sleep and wake', () => {
  const worktree = `worktree:${path}`;

  it('are about the environment of the row, and say what does not sleep', async () => {
    const asked: unknown[] = [];
    const sleep = async (input: object) => {
      asked.push(input);
      const slept = { namespace: 'worktree-feature', asleep: ['backend'], services: [], ended: true };
      return { ...slept, awake: asked.length > 1 ? ['cache'] : [] };
    };
    const { context } = aContext({ environments: { sleep } });
    await commandHandlers['coppice.sleepEnvironment'](context, worktree);
    expect(editor.messages).toEqual([]);
    await commandHandlers['coppice.sleepEnvironment'](context, worktree);
    expect(asked).toEqual([
      { folder: path, path },
      { folder: path, path },
    ]);
    expect(editor.messages).toMatchObject([
      {
        severity: 'information',
        text: 'cache of feature does not sleep: what it keeps is in no volume, and would be lost.',
      },
    ]);
  });

  it('say why what was woken does not get ready', async () => {
    const status = aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' });
    const woken = { namespace: 'worktree-feature', slept: true, ready: false, services: [status] };
    const { context } = aContext({ environments: { wake: async () => woken } });
    await commandHandlers['coppice.wakeEnvironment'](context, worktree);
    expect(editor.messages).toMatchObject([
      {
        severity: 'warning',
        text: 'feature is awake, but not ready. backend: CrashLoopBackOff: exit code 3',
        buttons: ['Show Logs'],
      },
    ]);
  });
});
