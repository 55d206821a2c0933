import type { CreateRequest, CreateResult } from '../../src/app/environment/requests';
import type { Progress } from '../../src/app/run/run';
import type { Product } from '../../src/app/product';

export interface Created {
  readonly result: CreateResult;
  /** From the request to the answer. Milliseconds, as all of these. */
  readonly wall: number;
  /** By the step's title. */
  readonly steps: ReadonlyMap<string, number>;
  readonly sum: number;
  /** The steps that had to wait for each other. */
  readonly chain: number;
}

/** Creates a new branch with its environment. Rejects when that does not get ready. */
export async function measuredCreate(
  product: Product,
  repository: string,
  branch: string,
  base = 'main',
): Promise<Created> {
  const request: CreateRequest = { folder: repository, target: { kind: 'branch', branch, base } };
  const plan = await product.environments.plan(request, {
    signal: AbortSignal.timeout(60_000),
    report: () => undefined,
  });
  const durations = new Map<string, number>();
  const steps = new Map<string, number>();
  const report = ({ step, title, state, duration }: Progress): void => {
    if (state !== 'done' || duration === undefined) return;
    durations.set(step, duration);
    steps.set(title.replace(branch, 'the branch'), duration);
  };
  const run = { signal: AbortSignal.timeout(180_000), report, approve: async () => true };
  const begin = performance.now();
  const result = await product.environments.create(request, run);
  const wall = performance.now() - begin;
  if (!result.ready) throw new Error(`${branch} does not get ready: ${JSON.stringify(result.services)}`);
  const ends = new Map<string, number>();
  for (const { id, after } of plan.steps) {
    const begins = Math.max(0, ...after.map((before) => ends.get(before) ?? Number.NaN));
    ends.set(id, begins + (durations.get(id) ?? Number.NaN));
  }
  const sum = [...durations.values()].reduce((total, duration) => total + duration, 0);
  return { result, wall, steps, sum, chain: Math.max(...ends.values()) };
}
