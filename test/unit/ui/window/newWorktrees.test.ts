import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import type { Snapshot, WorktreeEntry } from '../../../../src/core/model';
import { OfferItem } from '../../../../src/ui/statusBar/offerItem';
import { NewWorktrees } from '../../../../src/ui/window/newWorktrees';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, aWorktree, bareMain } from '../builders';
import { someDependencies } from '../context';

beforeEach(() => editor.reset());

type Mode = 'never' | 'ask' | 'always';

/** Made by others, with no environment. */
function bare(name: string, change: Partial<WorktreeEntry['worktree']> = {}): WorktreeEntry {
  const worktree = aWorktree({ path: `/wt/${name}`, gitDir: `/repo/.git/worktrees/${name}`, branch: name, ...change });
  return anEntry({ worktree, identity: undefined, environment: undefined });
}

function with_(...entries: readonly WorktreeEntry[]): Snapshot {
  return aSnapshot({ entries: [bareMain, ...entries] });
}

function aWindow(mode: Mode, create: (path: string) => Promise<unknown> = async () => undefined) {
  editor.settings.set('coppice.environments.automatic', mode);
  const created: string[] = [];
  const { dependencies, logged, calls, publish } = someDependencies({
    environments: {
      create: async ({ folder }, run) => {
        created.push(folder);
        expect(run.approve).toBeUndefined();
        await create(folder);
        return undefined as never;
      },
    },
  });
  const changes: number[] = [];
  const windows = new NewWorktrees({ dependencies, onDidChange: () => void changes.push(1), courtesyMs: 1 });
  const see = (snapshot: Snapshot): void => {
    publish(snapshot);
    windows.update(snapshot);
  };
  return { windows, see, created, logged, calls, changes };
}

const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe('a worktree that others make while the window is open', () => {
  it('gets its environment at once, where the setting says always: once, and not one that was there before', async () => {
    const { windows, see, created } = aWindow('always');
    see(with_(bare('old')));
    see(with_(bare('old'), bare('new')));
    see(with_(bare('old'), bare('new')));
    await vi.waitFor(() => expect(created).toEqual(['/wt/new']));
    see(with_(bare('old'), bare('new')));
    await idle();
    expect(created).toEqual(['/wt/new']);
    expect(windows.offered).toEqual([]);
    expect(editor.messages).toEqual([]);
  });

  it('is offered one in the status bar, where it says ask, until it has one', async () => {
    const { windows, see, created, changes } = aWindow('ask');
    see(with_());
    see(with_(bare('new')));
    await vi.waitFor(() => expect(changes).toHaveLength(1));
    expect(windows.offered.map(({ worktree }) => worktree.path)).toEqual(['/wt/new']);
    const item = new OfferItem();
    item.show(windows.offered);
    expect(editor.statusBar).toMatchObject({
      isVisible: true,
      text: '$(add) Environment for new',
      command: { command: 'coppice.createEnvironment', arguments: ['worktree:/wt/new'] },
    });
    see(with_(anEntry({ worktree: bare('new').worktree })));
    item.show(windows.offered);
    expect(editor.statusBar).toMatchObject({ isVisible: false });
    expect(created).toEqual([]);
    expect(editor.messages).toEqual([]);
  });

  it('is left alone, where it says never; also when that is changed later', async () => {
    const { windows, see, created, calls } = aWindow('never');
    see(with_());
    see(with_(bare('new')));
    editor.settings.set('coppice.environments.automatic', 'always');
    see(with_(bare('new')));
    await idle();
    expect([created, windows.offered, calls]).toEqual([[], [], []]);
  });

  it('is waited for until all of its files are there', async () => {
    const { see, created } = aWindow('always');
    see(with_());
    see(with_(bare('new', { locked: 'initializing' })));
    see(with_(bare('new', { beingMade: '0123456789ab' })));
    await idle();
    expect(created).toEqual([]);
    see(with_(bare('new', { locked: 'claude session new (pid 7 start 8)' })));
    await vi.waitFor(() => expect(created).toEqual(['/wt/new']));
  });

  it('is its maker’s, where that has begun with its environment meanwhile', async () => {
    const { see, created } = aWindow('always');
    see(with_());
    see(with_(bare('new')));
    see(with_(anEntry({ worktree: bare('new').worktree, work: 'creating', environment: undefined })));
    await idle();
    expect(created).toEqual([]);
  });

  it('that another window begins with at the same moment is left to that, without a word', async () => {
    const { windows, see, created, logged } = aWindow('always', () =>
      Promise.reject(new AppError('conflict', 'Another process of Coppice (7) is at work here.')),
    );
    see(with_());
    see(with_(bare('new')));
    await vi.waitFor(() => expect(logged.at(-1)).toContain('is at work here'));
    expect(created).toEqual(['/wt/new']);
    expect([windows.offered, editor.messages]).toEqual([[], []]);
  });

  it('whose environment cannot be created, or is not approved, is offered it: nobody is asked, and it is not tried again', async () => {
    const { windows, see, created, changes } = aWindow('always', () =>
      Promise.reject(new AppError('unapproved', 'It runs what you have not approved.')),
    );
    see(with_());
    see(with_(bare('new')));
    await vi.waitFor(() => expect(changes).toHaveLength(1));
    see(with_(bare('new')));
    await idle();
    expect(created).toEqual(['/wt/new']);
    expect(windows.offered).toHaveLength(1);
    expect(editor.messages).toEqual([]);
  });

  it('needs an environment file, and is not the main one', async () => {
    const { see, created } = aWindow('always');
    see({ ...with_(), hasEnvironmentFile: false });
    see({ ...with_(bare('new')), hasEnvironmentFile: false });
    see({ ...aSnapshot({ entries: [bareMain] }), hasEnvironmentFile: true });
    await idle();
    expect(created).toEqual([]);
  });
});
