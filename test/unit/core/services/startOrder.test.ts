import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StartCondition } from '../../../../src/core/environmentFile';
import { startOrder, type Standing } from '../../../../src/core/services/startOrder';

/** What becomes of a service once it is let start. */
const fates = ['ready', 'fails', 'fails before it starts'] as const;
type Fate = (typeof fates)[number];

interface Planned {
  readonly name: string;
  readonly fate: Fate;
  readonly dependsOn: Readonly<Record<string, StartCondition>>;
}

/** Any graph without circles: each service may wait for those before it in a drawn order. */
const graphs = fc
  .array(
    fc.record({ fate: fc.constantFrom(...fates), waits: fc.array(fc.tuple(fc.nat(), condition()), { maxLength: 4 }) }),
    {
      minLength: 1,
      maxLength: 9,
    },
  )
  .map((drawn) =>
    drawn.map(({ fate, waits }, index): Planned => {
      const before = index === 0 ? [] : waits.map(([at, how]) => [`s${at % index}`, how] as const);
      return { name: `s${index}`, fate, dependsOn: Object.fromEntries(before) };
    }),
  )
  .chain((graph) => fc.shuffledSubarray(graph, { minLength: graph.length, maxLength: graph.length }));

function condition(): fc.Arbitrary<StartCondition> {
  return fc.constantFrom('started', 'healthy', 'completed');
}

function isMet(fate: Fate, how: StartCondition): boolean {
  return how === 'started' ? fate !== 'fails before it starts' : fate === 'ready';
}

/** By definition, without an order: all that it waits for comes to be. */
function isToStart(graph: readonly Planned[], { dependsOn }: Planned): boolean {
  return Object.entries(dependsOn).every(([name, how]) => {
    const other = graph.find((each) => each.name === name);
    return other !== undefined && isToStart(graph, other) && isMet(other.fate, how);
  });
}

class Run {
  readonly #begun = new Set<string>();
  readonly #over = new Set<string>();

  constructor(private readonly graph: readonly Planned[]) {}

  get standings(): Standing[] {
    return this.graph.map(({ name, fate, dependsOn }) => {
      const isOver = this.#over.has(name);
      return {
        ...{ name, dependsOn },
        isHeld: !this.#begun.has(name),
        isStarted: isOver && fate !== 'fails before it starts',
        verdict: !isOver ? 'open' : fate === 'ready' ? 'ready' : 'hopeless',
      };
    });
  }

  start(name: string): void {
    expect(this.#begun).not.toContain(name);
    for (const [other, how] of Object.entries(this.graph.find((each) => each.name === name)?.dependsOn ?? {})) {
      const { fate } = this.graph.find((each) => each.name === other) ?? {};
      expect(this.#over.has(other) && fate !== undefined && isMet(fate, how), `${name} before ${other}`).toBe(true);
    }
    this.#begun.add(name);
  }

  get running(): string[] {
    return [...this.#begun].filter((name) => !this.#over.has(name));
  }

  end(name: string): void {
    this.#over.add(name);
  }

  get begun(): string[] {
    return [...this.#begun].sort();
  }
}

describe('whom to start', () => {
  it('are those whose dependencies hold, whatever the graph and whoever is quicker; the others are blocked, and soon', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(), { minLength: 9, maxLength: 9 }), (graph, turns) => {
        const run = new Run(graph);
        const expected = graph.filter((each) => isToStart(graph, each)).map(({ name }) => name);
        for (const turn of [...turns, 0]) {
          const { start, blocked } = startOrder(run.standings);
          // None of them is told to be in vain that will start after all.
          expect(expected.filter((name) => blocked.has(name))).toEqual([]);
          for (const name of start) run.start(name);
          const { running } = run;
          if (running.length > 0) run.end(running[turn % running.length] ?? '');
        }
        expect(run.begun).toEqual([...expected].sort());
        const { start, blocked } = startOrder(run.standings);
        expect(start).toEqual([]);
        expect([...blocked, ...expected].sort()).toEqual(graph.map(({ name }) => name).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('are none of those that wait for each other, nor of those that wait for a service that there is not', () => {
    const held = (name: string, ...others: string[]): Standing => ({
      ...{ name, isHeld: true, isStarted: false, verdict: 'open' },
      dependsOn: Object.fromEntries(others.map((other) => [other, 'healthy'])),
    });
    const { start, blocked } = startOrder([
      held('a', 'b'),
      held('b', 'a'),
      held('c', 'gone'),
      held('d', 'c'),
      held('e'),
    ]);
    expect(start).toEqual(['e']);
    expect([...blocked]).toEqual(['a', 'b', 'c', 'd']);
  });
});
