import { expect, it } from 'vitest';
import type { CreateRequest } from '../../../../src/app/environment/requests';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, anIdentity, aSnapshot } from '../builders';
import { aContext, type SomeDependencies } from '../context';

it('a create that was cut off after it claimed the namespace is finished by "Create Environment", and by no update', async () => {
  const entry = anEntry({
    identity: anIdentity({ state: 'creating' }),
    environment: anEnvironment({ health: 'unknown', services: [] }),
    work: 'createCutOff',
  });
  const requests: CreateRequest[] = [];
  const dependencies: SomeDependencies = {
    store: { snapshot: aSnapshot({ entries: [entry] }) },
    environments: {
      create: async (request) => {
        requests.push(request);
        return {
          worktree: entry.worktree,
          identity: anIdentity(),
          database: undefined,
          services: [],
          ready: true,
          url: undefined,
        };
      },
    },
  };
  const { context } = aContext(dependencies, [entry.worktree.path]);
  await commandHandlers['coppice.createEnvironment'](context, undefined);
  expect(requests).toMatchObject([{ target: { kind: 'worktree', path: entry.worktree.path } }]);
  await expect(commandHandlers['coppice.updateEnvironment'](context, undefined)).rejects.toThrow(AppError);
});

it('an update that takes away data which no volume has asks first, by their name', async () => {
  const entry = anEntry({ identity: anIdentity(), environment: anEnvironment() });
  const requests: CreateRequest[] = [];
  const losses = [{ kind: 'data', count: 1, examples: ['cache (Redis)'] }] as const;
  const dependencies: SomeDependencies = {
    store: { snapshot: aSnapshot({ entries: [entry] }) },
    environments: {
      create: async (request) => {
        requests.push(request);
        if (!request.accepted) throw new AppError('conflict', 'What cache (Redis) keeps would be lost.', { losses });
        const { worktree } = entry;
        return { worktree, identity: anIdentity(), database: undefined, services: [], ready: true, url: undefined };
      },
    },
  };
  const { context } = aContext(dependencies, [entry.worktree.path]);
  await commandHandlers['coppice.updateEnvironment'](context, undefined);
  expect(requests.map(({ accepted }) => accepted)).toEqual([undefined]);
  editor.answer = ({ buttons }) => buttons[0];
  await commandHandlers['coppice.updateEnvironment'](context, undefined);
  expect(requests.map(({ accepted }) => accepted)).toEqual([undefined, undefined, ['data']]);
});
