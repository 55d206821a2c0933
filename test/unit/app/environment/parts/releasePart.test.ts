import { expect, it } from 'vitest';
import { podFacts } from '../../../../support/environmentWorld';
import { path, worldWithX } from '../delete/deletes';

it('takes the folder away only when what ran in it has ended: a dev server that writes on would make it again', async () => {
  const { world } = await worldWithX();
  const order: string[] = [];
  const moved = (): void => void order.push(world.worktrees.aside.size === 0 ? 'ended' : 'moved while it ran');
  world.releases.onUninstall = (_, namespace) => {
    const ending = { ...podFacts('frontend'), isDeleting: true };
    const over = { ...podFacts('once'), phase: 'Succeeded' as const };
    world.cluster.setFacts(namespace, { deployments: [], pods: [ending, over] });
    setTimeout(() => {
      moved();
      world.cluster.setFacts(namespace, { pods: [over] });
    }, 50);
  };
  expect(await world.delete({ path })).toMatchObject({ worktree: 'deleted' });
  expect(order).toEqual(['ended']);
});
