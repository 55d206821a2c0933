import type { Run } from '../../src/app/run/run';
import { median, type Bench, type Figure } from './figure';
import { measuredCreate, type Created } from './measuredCreate';
import { servicesByHand } from './servicesByHand';
import { makeWorkplace, type Workplace } from './workplace';

/** How long a person waits for an environment: the first one ever, and every other one. */
export const create: Bench = {
  name: 'create',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    try {
      const first = await measuredCreate(workplace.product, workplace.repository, 'bench/first');
      const firstByHand = await startByHand(workplace, first);
      const runs = quick ? 2 : 9;
      const created: Created[] = [];
      const byHand: number[] = [];
      for (let i = -1; i < runs; i++) {
        const one = await measuredCreate(workplace.product, workplace.repository, `bench/run-${i + 1}`);
        const hand = await startByHand(workplace, one);
        await removeOne(workplace, one);
        if (i < 0) continue;
        created.push(one);
        byHand.push(hand);
      }
      return figures(created, byHand, first, firstByHand);
    } finally {
      await workplace.dispose();
    }
  },
};

function figures(
  created: readonly Created[],
  byHand: readonly number[],
  first: Created,
  firstByHand: number,
): Figure[] {
  const runs = created.length;
  const wall = median(created.map((one) => one.wall));
  const figure = (name: string, yardstick: string, value: number): Figure => ({
    name,
    unit: 'ms',
    value: wall,
    runs,
    yardstick: { name: yardstick, value },
    goals: [],
  });
  const titles = new Set(created.flatMap((one) => [...one.steps.keys()]));
  return [
    {
      ...figure('Create to ready', "the services' own start, by hand", median(byHand)),
      goals: [
        { kind: 'beyond', most: 2000 },
        { kind: 'ratio', most: 3 },
      ],
    },
    figure('Create to ready', 'the longest chain of its steps', median(created.map(({ chain }) => chain))),
    figure('Create to ready', 'the sum of its steps', median(created.map(({ sum }) => sum))),
    ...[...titles].map((title): Figure => {
      const durations = created.flatMap(({ steps }) => steps.get(title) ?? []);
      return { name: `- ${title}`, unit: 'ms', value: median(durations), runs: durations.length, goals: [] };
    }),
    {
      name: 'The first create: starts the servers, makes the template',
      unit: 'ms',
      value: first.wall,
      runs: 1,
      yardstick: { name: "the services' own start, by hand", value: firstByHand },
      goals: [],
    },
  ];
}

async function startByHand({ product, env }: Workplace, { result }: Created): Promise<number> {
  const { path } = result.worktree;
  const variables = await product.environments.variables(path, AbortSignal.timeout(10_000));
  if (variables?.['DATABASE_URL'] === undefined) throw new Error(`${path} has no database`);
  return servicesByHand(path, { ...env, ...variables });
}

async function removeOne({ product, repository }: Workplace, { result }: Created): Promise<void> {
  await product.environments.delete(
    { folder: repository, path: result.worktree.path, accepted: ['uncommitted', 'untracked', 'unpushed', 'database'] },
    silently(),
  );
}

function silently(): Run {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
