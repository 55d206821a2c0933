import { AppError } from '../../../core/errors';
import type { CreatePorts } from '../createPorts';
import { CreationBegun } from '../creationBegun';
import type { PreparedCreate } from '../preparedCreate';
import { recordOf, type MadeOf, type MakeRun, type Part, type UndoRun } from '../parts/part';
import { dependenciesPart } from '../parts/dependenciesPart';
import { wantedParts } from '../parts/planParts';
import { namespacePart } from '../parts/namespacePart';
import { readyPart } from '../parts/readyPart';
import { worktreePart } from '../parts/worktreePart';
import type { CreateResult } from '../requests';
import type { Run } from '../../run/run';
import { runSteps, type Farewell, type Step, type StepContext } from '../../run/steps';

/** One create: a step for each part that is to be made, and what they hand to each other. */
export class Creation {
  readonly #ports: CreatePorts;
  readonly #prepared: PreparedCreate;
  readonly #parts: readonly Part[];
  readonly #wanted: readonly Part[];
  readonly #begun: CreationBegun;
  readonly #made = new Map<string, unknown>();

  constructor(ports: CreatePorts, prepared: PreparedCreate, parts: readonly Part[]) {
    this.#ports = ports;
    this.#prepared = prepared;
    this.#parts = parts;
    this.#wanted = wantedParts({ ports, prepared, parts }).filter((part) => part.make !== undefined);
    this.#begun = new CreationBegun(ports, prepared);
  }

  async run(run: Run): Promise<CreateResult> {
    await runSteps(this.steps(), run, this.#ports.clock, this.#farewells());
    const { identity, readiness, notes } = this.#madeBy(readyPart);
    const dependencies = this.#madeBy(dependenciesPart) ?? [];
    const urls = readiness.services.flatMap((service) => service.urls).sort((a, b) => a.length - b.length);
    const checkedOut = this.#madeBy(worktreePart);
    return {
      worktree: checkedOut.worktree,
      identity,
      database: this.#prepared.file.database && identity.parts.database?.database,
      services: readiness.services,
      ready: readiness.ready,
      url: urls[0],
      notes: [
        ...this.#madeBy(namespacePart).notes,
        ...checkedOut.notes,
        ...dependencies.flatMap(({ missing = [] }) => missing),
        ...notes,
      ],
      dependencies,
    };
  }

  steps(): Step[] {
    return this.#wanted.map((part) => this.#begun.watched(this.#step(part)));
  }

  #farewells(): Farewell[] {
    return this.#parts.flatMap((part) => {
      const { id, farewell } = part;
      if (!farewell) return [];
      // It limits its own time; whoever cancelled is not to cancel this as well.
      const run = this.#undoRun(part, new AbortController().signal);
      return [
        {
          ...{ id, title: farewell.title },
          isDue: (begun: ReadonlySet<string>) => farewell.isDue(run, begun),
          run: ({ tell }: Pick<StepContext, 'tell'>) => farewell.run({ ...run, parts: this.#parts, tell }),
        },
      ];
    });
  }

  #predecessors({ id, after = [] }: Part): readonly string[] {
    const asked = this.#wanted.filter(({ before = [] }) => before.some((part) => part.id === id));
    const named = [...after, ...asked].map((part) => part.id);
    return [...new Set(named)].filter((each) => this.#isMade(each));
  }

  #sometimes({ id }: Part): readonly string[] {
    const asked = this.#wanted.filter(({ sometimesBefore = [] }) => sometimesBefore.some((part) => part.id === id));
    return asked.map((part) => part.id);
  }

  #step(part: Part): Step {
    const { id, title = id } = part;
    const notes = part.notes?.();
    const asked = { ...this.#prepared, cluster: this.#ports.cluster.identity };
    return {
      id,
      title: typeof title === 'string' ? title : title(asked),
      after: this.#predecessors(part),
      sometimesAfter: this.#sometimes(part),
      run: async (context) => {
        await this.#recorded(part, context);
        const made = await part.make?.(this.#makeRun(part, context), notes);
        this.#made.set(id, made?.value);
        return made?.short === undefined ? made?.detail : { short: made.short };
      },
      ...(part.undo ? { undo: async (signal) => part.undo?.(this.#undoRun(part, signal), notes) } : {}),
    };
  }

  /** A record that does not name the part yet would hide it from a delete, if this were cut off before the new one is written. */
  async #recorded(part: Part, { done }: StepContext): Promise<void> {
    const { identity: earlier } = this.#prepared;
    if (!earlier || !this.#made.has(namespacePart.id)) return;
    const { identity } = this.#madeBy(namespacePart);
    const [before, now] = [recordOf(earlier.parts, part), recordOf(identity.parts, part)];
    if (now && JSON.stringify(before) !== JSON.stringify(now)) await done(worktreePart.id);
  }

  #makeRun(part: Part, { signal, tell, done }: StepContext): MakeRun {
    return {
      ...this.#undoRun(part, signal),
      parts: this.#parts,
      tell,
      whenMade: async (other) => {
        await done(other.id);
        return this.#madeBy(other);
      },
      othersMade: async () => {
        await Promise.all(this.#sometimes(part).map(done));
      },
    };
  }

  #undoRun({ id, after = [] }: Part, signal: AbortSignal): UndoRun {
    const { ports, prepared, begun } = { ports: this.#ports, prepared: this.#prepared, begun: this.#begun };
    return {
      ...{ ports, prepared, begun, signal },
      made: (part) => {
        if (after.some((each) => each.id === part.id)) return this.#madeBy(part);
        throw new AppError('bug', `The part ${id} asked for what ${part.id} has made, and does not stand after it.`);
      },
    };
  }

  #isMade(id: string): boolean {
    return this.#wanted.some((part) => part.id === id);
  }

  #madeBy<P extends Part>({ id }: P): MadeOf<P> {
    if (this.#isMade(id) && !this.#made.has(id)) throw new AppError('bug', `The part ${id} is not made yet.`);
    // Only that part's own make has put it there.
    return this.#made.get(id) as MadeOf<P>;
  }
}
