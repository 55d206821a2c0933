import { AppError, type Loss } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { wouldLose } from './wouldLose';
import type { Part } from '../parts/part';
import { removalPhases, type LookRun, type Reached, type RemoveRun } from '../parts/removal';
import type { DeleteResult } from '../requests';
import type { Run } from '../../run/run';
import { runSteps, type Step } from '../../run/steps';

/**
 * What is there of the parts. Reads and refuses; changes nothing.
 *
 * @param name of what is deleted, for a person
 * @throws conflict with the losses that were not accepted
 */
export async function lookAtParts(parts: readonly Part[], run: LookRun, name: string): Promise<readonly Part[]> {
  const there: Part[] = [];
  const losses: Loss[] = [];
  for (const part of parts) {
    const found = part.look ? await part.look(run) : { losses: [] };
    if (!found) continue;
    there.push(part);
    losses.push(...found.losses);
  }
  refuse(run, name, losses);
  return there;
}

/**
 * Removes parts that are there, one step after the other: by phase, and in each phase what stands on others before these.
 *
 * @param reached undefined: the namespace has yet to be looked at
 */
export async function removeParts(
  there: readonly Part[],
  look: LookRun,
  name: string,
  run: Run,
  reached?: Reached,
): Promise<Partial<DeleteResult>> {
  let reaching = reached && Promise.resolve(reached);
  let result: Partial<DeleteResult> = {};
  const removing: RemoveRun = {
    ...look,
    parts: there,
    reach: (signal) => (reaching ??= reach({ ...look, signal })),
    async confirm(signal) {
      for (const part of there) await part.confirm?.({ ...look, signal });
    },
    async lookAgain(signal) {
      const again = { ...look, signal };
      for (const part of there) refuse(look, name, (await part.lookAgain?.(again))?.losses ?? []);
    },
    conclude: (more) => void (result = { ...result, ...more }),
  };
  await runSteps(removalSteps(there, removing), run, look.ports.clock);
  return result;
}

function removalSteps(there: readonly Part[], run: RemoveRun): Step[] {
  const removals = there.toReversed().flatMap((part) => part.remove?.(run) ?? []);
  const ordered = removalPhases.flatMap((phase) => removals.filter((removal) => removal.phase === phase));
  return ordered.map(({ phase: _, ...step }, index) => ({
    ...step,
    after: ordered.slice(0, index).map(({ id }) => id),
  }));
}

function refuse({ accepted }: Pick<LookRun, 'accepted'>, name: string, losses: readonly Loss[]): void {
  const refused = losses.filter(({ kind }) => !accepted.includes(kind));
  if (refused.length > 0) throw wouldLose(name, byKind(refused));
}

/** Two parts may lose the same kind of thing, which is accepted once. */
function byKind(losses: readonly Loss[]): Loss[] {
  const kinds = new Map<Loss['kind'], Loss>();
  for (const loss of losses) {
    const { count = 0, examples = [], ...before } = kinds.get(loss.kind) ?? {};
    kinds.set(loss.kind, { ...before, ...loss, count: count + loss.count, examples: [...examples, ...loss.examples] });
  }
  return [...kinds.values()];
}

/** With a last look at whose it is. */
async function reach({ ports: { cluster }, environment, signal }: LookRun): Promise<Reached> {
  if (!environment) throw new AppError('bug', 'A namespace was asked for where there is no environment.');
  const { namespace: name, owner } = environment;
  const access = await cluster.connect(signal);
  const namespace = await cluster.readNamespace(name, signal);
  if (namespace && !isSameOwner(namespace.owner, owner))
    throw new AppError('conflict', `The namespace ${name} belongs to somebody else: nothing is deleted.`);
  return { access, namespace };
}
