/** Something that was measured, beside what it is measured against. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'KB' | '%';
  /** The median of the runs. */
  readonly value: number;
  readonly runs: number;
  /** What took part in the same runs; its median. */
  readonly yardstick?: { readonly name: string; readonly value: number };
  /** The median of the ratios of the runs, where each was measured in a pair with its yardstick; otherwise that of the medians. */
  readonly ratio?: number;
  readonly goals: readonly Goal[];
}

/** At most so much: by itself, as a multiple of the yardstick, or more than the yardstick. */
export type Goal =
  | { readonly kind: 'value'; readonly most: number }
  | { readonly kind: 'ratio'; readonly most: number }
  | { readonly kind: 'beyond'; readonly most: number };

/** One part of the bench. */
export interface Bench {
  readonly name: string;
  /** Why it cannot be measured here, where that is no failure. */
  skipped?(options: { readonly env: NodeJS.ProcessEnv; readonly only: boolean }): string | undefined;
  /** Rejects when something cannot be measured. */
  run(options: BenchOptions): Promise<Figure[]>;
}

export interface BenchOptions {
  /** The folder that holds dist/. */
  readonly root: string;
  /** Less of everything: to see that it works, not to know how fast. */
  readonly quick: boolean;
  /** The person's environment. */
  readonly env: NodeJS.ProcessEnv;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

export function ratioOf({ value, yardstick, ratio }: Figure): number | undefined {
  if (ratio !== undefined) return ratio;
  return yardstick && yardstick.value > 0 ? value / yardstick.value : undefined;
}

export function isReached(figure: Figure, goal: Goal): boolean {
  if (goal.kind === 'value') return figure.value <= goal.most;
  if (goal.kind === 'ratio') return (ratioOf(figure) ?? Number.POSITIVE_INFINITY) <= goal.most;
  return figure.yardstick !== undefined && figure.value - figure.yardstick.value <= goal.most;
}

export function goalText({ unit }: Figure, { kind, most }: Goal): string {
  if (kind === 'value') return `<= ${most} ${unit}`;
  return kind === 'ratio' ? `<= ${most} x` : `<= ${most} ${unit} beyond`;
}
