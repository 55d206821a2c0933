import { beforeEach, describe, expect, it } from 'vitest';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { toItem } from '../../../../src/ui/tree/item';
import { treeRows, type TreeRow } from '../../../../manifest/treeRows';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const row = 'worktree:/repo.worktrees/feature';

describe('a terminal', () => {
  it("is opened in a worktree's folder with the variables of its environment", async () => {
    const { context } = aContext({ environments: { variables: async (path) => ({ WORKTREE: path }) } }, ['/repo']);
    await commandHandlers['coppice.openTerminal'](context, row);
    expect(editor.terminals).toMatchObject([
      { name: 'feature', options: { env: { WORKTREE: '/repo.worktrees/feature' } }, shown: 1 },
    ]);
  });
});

describe('changes', () => {
  it('are shown in Source Control, where those of another worktree are opened first', async () => {
    const { context } = aContext({}, ['/repo']);
    await commandHandlers['coppice.showChanges'](context, 'worktree:/repo');
    expect(editor.executed).toEqual([['workbench.view.scm']]);
    await commandHandlers['coppice.showChanges'](context, row);
    expect(editor.executed.slice(1)).toEqual([
      ['git.openRepository', '/repo.worktrees/feature'],
      ['workbench.view.scm'],
    ]);
  });
});

describe('a service that is stopped', () => {
  const stopped = aService({ name: 'worker', health: 'stopped', desired: 0, ready: 0, wanted: 2 });
  const asleep = aService({ name: 'web', health: 'asleep', desired: 0, ready: 0 });
  const entry = anEntry({ environment: anEnvironment({ services: [stopped, asleep, aService()] }) });

  it('starts with as many pods as coppice.yaml asks for', async () => {
    const asked: unknown[] = [];
    const some = aContext({ services: { scale: async (request) => (asked.push(request), { ready: true } as never) } });
    some.publish(aSnapshot({ entries: [bareMain, entry] }));
    await commandHandlers['coppice.startService'](some.context, `${row}#service:worker`);
    expect(asked).toEqual([
      { folder: '/repo.worktrees/feature', path: '/repo.worktrees/feature', service: 'worker', replicas: 2 },
    ]);
  });

  it('offers that, and nothing that only one that runs can do', () => {
    const some = aContext();
    some.publish(aSnapshot({ entries: [bareMain, entry] }));
    const patterns = (service: string): TreeRow[] => {
      const node = some.context.nodeOf(`${row}#service:${service}`);
      const { contextValue = '', opens } = node ? toItem(node) : {};
      expect(opens).toBe(service === 'backend' ? 'coppice.showLogs' : undefined);
      const keys = ['serviceRunning', 'serviceStopped', 'serviceAsleep'] as const;
      return keys.filter((key) => new RegExp(treeRows[key]).test(contextValue));
    };
    expect(patterns('worker')).toEqual(['serviceStopped']);
    expect(patterns('web')).toEqual(['serviceAsleep']);
    expect(patterns('backend')).toEqual(['serviceRunning']);
  });
});

describe('a comparison', () => {
  const other = anEntry({
    worktree: aWorktree({ path: '/repo.worktrees/other', branch: 'other' }),
    environment: anEnvironment({ namespace: 'worktree-other' }),
  });

  it('is with an environment that a person chooses, never with its own', async () => {
    const some = aContext();
    some.publish(aSnapshot({ entries: [bareMain, anEntry(), other] }));
    const offered: string[] = [];
    editor.picks = (items) => {
      offered.push(...items.map(({ label }) => label));
      return items[0];
    };
    await commandHandlers['coppice.compareDashboard'](some.context, row);
    expect(offered).toEqual(['other']);
    expect(some.calls).toContain('openDashboard /repo.worktrees/feature /repo.worktrees/other');
  });

  it('is refused where there is nothing to compare with, and left where nothing is chosen', async () => {
    const some = aContext();
    await expect(commandHandlers['coppice.compareDashboard'](some.context, row)).rejects.toMatchObject({
      code: 'notFound',
    });
    some.publish(aSnapshot({ entries: [bareMain, anEntry(), other] }));
    await commandHandlers['coppice.compareDashboard'](some.context, row);
    expect(some.calls.filter((call) => call.startsWith('openDashboard'))).toEqual([]);
  });
});
