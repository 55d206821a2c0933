import { median, type Figure, type Goal } from '../figure';

/** A commit that was built and packaged in a folder of its own. */
export interface OtherCommit {
  readonly root: string;
  /** What the table calls it. */
  readonly name: string;
}

/** The same measure of this commit and of the other one, right after each other. */
export interface Pair {
  readonly own: number;
  readonly theirs: number;
}

/** What it may have become. */
const most = 1.05;

/**
 * Measures both, as often as it is said. Who is first changes with each pair, so that it is no advantage: `count` should be even.
 *
 * @returns what was measured, a pair each; the first one, in which caches are filled, is not among them
 */
export async function inPairs<Side, Measured>(
  sides: { readonly own: Side; readonly theirs: Side },
  count: number,
  measure: (side: Side, round: number) => Promise<Measured>,
): Promise<{ readonly own: Measured; readonly theirs: Measured }[]> {
  const pairs: { own: Measured; theirs: Measured }[] = [];
  for (let round = 0; round <= count; round++) {
    if (round % 2 === 0) {
      const own = await measure(sides.own, round);
      pairs.push({ own, theirs: await measure(sides.theirs, round) });
    } else {
      const theirs = await measure(sides.theirs, round);
      pairs.push({ own: await measure(sides.own, round), theirs });
    }
  }
  return pairs.slice(1);
}

export function pairFigure(
  {
    name,
    unit,
    goals = [],
  }: { readonly name: string; readonly unit: Figure['unit']; readonly goals?: readonly Goal[] },
  other: OtherCommit,
  pairs: readonly Pair[],
): Figure {
  return {
    name,
    unit,
    value: median(pairs.map(({ own }) => own)),
    runs: pairs.length,
    yardstick: { name: `the same at ${other.name}`, value: median(pairs.map(({ theirs }) => theirs)) },
    ratio: median(pairs.map(({ own, theirs }) => own / theirs)),
    goals: [...goals, { kind: 'ratio', most }],
  };
}
