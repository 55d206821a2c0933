import type { Progress, Run } from '../../src/app/run';
import type { CreateResult } from '../../src/app/requests';
import type { Product } from '../../src/compose';
import { median, type Bench, type Figure } from './figure';
import { servicesByHand } from './servicesByHand';
import { makeWorkplace, type Workplace } from './workplace';

interface Created {
  readonly result: CreateResult;
  /** From the request to the answer. */
  readonly wall: number;
  /** Milliseconds by the step's title. */
  readonly steps: ReadonlyMap<string, number>;
  readonly sum: number;
  /** The steps that had to wait for each other. */
  readonly chain: number;
}

/** How long a person waits for an environment: the first one ever, and every other one. */
export const create: Bench = {
  name: 'create',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    try {
      const first = await createOne(workplace.product, workplace.repository, 'bench/first');
      const firstByHand = await startByHand(workplace, first);
      const runs = quick ? 2 : 9;
      const created: Created[] = [];
      const byHand: number[] = [];
      for (let i = -1; i < runs; i++) {
        const one = await createOne(workplace.product, workplace.repository, `bench/run-${i + 1}`);
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
      goals: [{ kind: 'beyond', most: 2000 }],
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

async function createOne(product: Product, repository: string, branch: string): Promise<Created> {
  const request = { folder: repository, target: { kind: 'branch', branch, base: 'main' } } as const;
  const plan = await product.planCreate(request, silently());
  const durations = new Map<string, number>();
  const steps = new Map<string, number>();
  const report = ({ step, title, state, duration }: Progress): void => {
    if (state !== 'done' || duration === undefined) return;
    durations.set(step, duration);
    steps.set(title.replace(branch, 'the branch'), duration);
  };
  const begin = performance.now();
  const result = await product.createEnvironment(request, { signal: AbortSignal.timeout(180_000), report });
  const wall = performance.now() - begin;
  if (!result.ready) throw new Error(`${branch} does not get ready: ${JSON.stringify(result.services)}`);
  const ends = new Map<string, number>();
  for (const { id, after } of plan.steps) {
    const begins = Math.max(0, ...after.map((before) => ends.get(before) ?? Number.NaN));
    ends.set(id, begins + (durations.get(id) ?? Number.NaN));
  }
  return {
    result,
    wall,
    steps,
    sum: [...durations.values()].reduce((sum, duration) => sum + duration, 0),
    chain: Math.max(...ends.values()),
  };
}

async function startByHand({ product, env }: Workplace, { result }: Created): Promise<number> {
  const { path } = result.worktree;
  const variables = await product.terminalVariables(path, AbortSignal.timeout(10_000));
  if (variables?.['DATABASE_URL'] === undefined) throw new Error(`${path} has no database`);
  return servicesByHand(path, { ...env, ...variables });
}

async function removeOne({ product, repository }: Workplace, { result }: Created): Promise<void> {
  await product.deleteEnvironment(
    { folder: repository, path: result.worktree.path, accepted: ['uncommitted', 'untracked', 'unpushed'] },
    silently(),
  );
}

function silently(): Run {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
