import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing } from './creates';

describe('createEnvironment', () => {
  describe('branches', () => {
    it('starts a new one from the default branch, and from the base that is asked for', async () => {
      const world = new EnvironmentWorld();
      const first = (await world.createBranch('one')).worktree;
      const ahead = world.worktrees.commit(first, 'more');
      expect((await world.createBranch('two')).worktree.head).not.toBe(ahead);
      expect((await world.create({ target: branch('three', 'one') })).worktree.head).toBe(ahead);
      world.settings = { ...world.settings, 'worktree.base': 'one' };
      expect((await world.createBranch('four')).worktree.head).toBe(ahead);
    });

    it('starts from the upstream where the default branch here is behind, and says which', async () => {
      const world = new EnvironmentWorld();
      const newer = world.worktrees.commitRemotely('main', 'newer');
      const { worktree, notes } = await world.createBranch('one');
      expect(worktree.head).toBe(newer);
      expect(notes).toEqual(['The branch starts from origin/main: main here is 1 commit behind it.']);
      const asked = await world.create({ target: branch('two', 'main') });
      expect(asked.worktree.head).not.toBe(newer);
      expect(asked.notes).toEqual(['The branch starts from main, which is 1 commit behind origin/main.']);
    });

    it('checks a local one out and leaves it alone afterwards', async () => {
      const world = new EnvironmentWorld();
      world.worktrees.makeBranch('feat/x');
      expect((await world.createBranch('feat/x')).identity.createdBranch).toBe(false);
    });

    it.each(['origin/feat/x', 'feat/x'])(
      'makes a tracking one when %s is asked for and only the remote has it',
      async (name) => {
        const world = new EnvironmentWorld();
        world.worktrees.makeRemoteBranch('feat/x');
        const { worktree } = await world.createBranch(name);
        expect(worktree.branch).toBe('feat/x');
        expect((await world.worktrees.status(worktree)).upstream).toBe('origin/feat/x');
      },
    );

    it.each(['origin/feat/x', 'feat/x'])('refuses %s that a fetch moves on after its file was read', async (name) => {
      const world = new EnvironmentWorld();
      world.worktrees.makeRemoteBranch('feat/x');
      let hasMoved = false;
      const hook = {
        before(call: string) {
          if (call !== 'worktrees.add' || hasMoved) return;
          hasMoved = true;
          world.worktrees.commitRemotely('feat/x', 'what nobody has approved');
        },
        after: () => undefined,
      };
      await expect(world.createBranch(name, { hook })).rejects.toMatchObject({ code: 'conflict' });
      expect(hasMoved).toBe(true);
      expect(world.commands.runs).toEqual([]);
      expect(await world.worktree('feat/x')).toBeUndefined();
      expect((await world.createBranch(name)).worktree.branch).toBe('feat/x');
    });

    it('takes the local one when there is one of the remote name', async () => {
      const world = new EnvironmentWorld();
      world.worktrees.makeRemoteBranch('feat/x');
      world.worktrees.makeBranch('feat/x');
      const { worktree } = await world.createBranch('origin/feat/x');
      expect((await world.worktrees.status(worktree)).upstream).toBeUndefined();
    });

    it('gives the worktree that asks for its own branch an environment', async () => {
      const world = new EnvironmentWorld();
      const { worktree } = await world.createBranch('main');
      expect(worktree).toMatchObject({ path: '/code/repo', isMain: true });
    });

    const refused: [string, Partial<CreateRequest> & Pick<CreateRequest, 'target'>, object][] = [
      ['an empty name', { target: branch('') }, { code: 'invalidInput', message: 'A branch name is needed.' }],
      ['a command', { target: branch('$(id)') }, { code: 'invalidInput' }],
      ['a list of commands', { target: branch('a;b') }, { code: 'invalidInput' }],
      ['an option', { target: branch('--output=x') }, { code: 'invalidInput' }],
      ['quotes', { target: branch(`x"y'z`) }, { code: 'invalidInput' }],
      ['a base that is none', { target: branch('x', 'nowhere') }, { code: 'invalidInput', message: /"nowhere"/ }],
      [
        'a base for a branch that exists',
        { target: branch('taken', 'main') },
        { code: 'conflict', message: /a base is only/ },
      ],
      [
        'a branch that is checked out elsewhere',
        { target: branch('held') },
        { code: 'conflict', message: /checked out/ },
      ],
      ['the remote name of a branch that is held', { target: branch('origin/main') }, { code: 'conflict' }],
      [
        'a remote branch that is none',
        { target: branch('origin/held') },
        { code: 'invalidInput', message: /no branch held on origin/ },
      ],
      ['a folder outside of any repository', { folder: '/elsewhere', target: branch('x') }, { code: 'invalidInput' }],
      [
        'a folder that exists',
        { target: branch('x'), worktreeFolder: 'occupied' },
        { code: 'conflict', message: /exists/ },
      ],
      ['a worktree that is none', { target: { kind: 'worktree', path: '/code/nowhere' } }, { code: 'notFound' }],
      ['a worktree whose folder is gone', { target: { kind: 'worktree', path: '/code/lost' } }, { code: 'notFound' }],
    ];
    it.each(refused)('refuses %s', async (_what, request, error) => {
      const world = new EnvironmentWorld();
      world.worktrees.makeBranch('taken');
      const { repositoryInfo } = world.worktrees;
      await world.worktrees.add(repositoryInfo, { kind: 'new', branch: 'held', base: 'main', folder: '/code/held' });
      const lost = await world.worktrees.add(repositoryInfo, {
        ...{ kind: 'new', branch: 'lost', base: 'main', folder: '/code/lost' },
      } as const);
      world.worktrees.loseFolder(lost);
      world.worktrees.occupy('/code/occupied');
      const expected = Object.fromEntries(
        Object.entries(error).map(([key, value]) => [
          key,
          value instanceof RegExp ? expect.stringMatching(value) : value,
        ]),
      );
      const isLate = request.worktreeFolder !== undefined;
      if (isLate) {
        const before = await world.state();
        await expect(world.create(request)).rejects.toMatchObject(expected);
        expect(await world.state()).toEqual(before);
      } else {
        await failsAndChangesNothing(world, request, expected);
      }
    });
  });

  describe('the environment file', () => {
    it.each([
      ['is broken', 'services: [', { code: 'invalidInput', message: 'coppice.yaml:1:1: the text is no JSON' }],
      [
        'is missing',
        undefined,
        {
          code: 'notConfigured',
          message: expect.stringMatching(/^There is no coppice.yaml on main/),
          explanation: expect.stringMatching(/^"coppice init", or .* writes one .* Commit it/),
        },
      ],
    ])('changes nothing when it %s', async (_what, text, error) => {
      const world = new EnvironmentWorld();
      world.commit(text);
      await failsAndChangesNothing(world, { target: branch('x') }, error);
    });

    it('is to be committed when it is there but on no branch', async () => {
      const world = new EnvironmentWorld();
      world.commit(undefined);
      world.edited.set('/code/repo', environmentFileText(['a']));
      await failsAndChangesNothing(
        world,
        { target: branch('x') },
        { message: expect.stringContaining('is not committed') },
      );
      expect((await world.createBranch('main')).ready).toBe(true);
    });
  });
});
