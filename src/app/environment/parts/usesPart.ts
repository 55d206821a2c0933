import { traitsOf } from '../../../core/clusterTraits';
import type { Loss } from '../../../core/errors';
import type { Identity, IdentityParts, UsesRecord } from '../../../core/model';
import type { UsedPlace } from '../../../core/usedTool';
import { keptData } from '../../../core/uses/keptData';
import { usedNamesVariable } from '../../../core/uses/usedNames';
import { usedTitle } from '../../../core/uses/usedTitle';
import { usedTools } from '../../../core/uses/usedTools';
import { usedVariables, type UsedFrom } from '../../../core/uses/usedVariables';
import { clusterPart } from './clusterPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import type { LookRun } from './removal';
import { plannedUses } from './plannedUses';
import { mayBeInUse, prepareUsed, undoPrepared, type PreparedNotes } from './preparedUsed';
import { parsedUses } from './usesAnnotation';

export interface UsedState {
  /** Of this machine, by the service; none where containers run. */
  readonly places: ReadonlyMap<string, UsedPlace>;
}

/** What an environment uses that is none of its own: ports and data; what runs is among its services. */
export const usesPart = definePart({
  id: 'uses',
  after: [namespacePart, clusterPart],
  title: ({ file: { uses = [] } }) =>
    uses.length === 0 ? 'Keep the data of what was used' : `Prepare ${uses.map(({ name }) => name).join(', ')}`,
  /** Also where it was once: what is not used any more has no address, and data that a delete asks about. */
  wanted: ({ file: { uses = [] }, identity }) =>
    uses.length > 0 || Object.keys(identity?.parts.uses?.services ?? {}).length > 0,
  async plan(run) {
    const record = await plannedUses(run);
    return { record, annotations: { uses: JSON.stringify(record.services) } };
  },
  fromAnnotations: ({ uses }) => parsedUses(uses),
  /** Data that were not there before this run. */
  notes: (): PreparedNotes => ({ made: [] }),
  async make(run, notes) {
    const { ports, prepared, made } = run;
    const { identity } = made(namespacePart);
    const uses = prepared.file.uses ?? [];
    if (traitsOf(identity.cluster).runsImages) {
      const value: UsedState = { places: new Map() };
      const recorded = identity.parts.uses?.services;
      const brief = uses.some(({ name }) => recorded?.[name]?.isKept === false);
      const detail = brief ? 'without volumes: this cluster gave none by itself' : undefined;
      return { value, detail };
    }
    const places = new Map<string, UsedPlace>();
    for (const { name, tool, filling } of uses) {
      places.set(name, ports.uses.place({ owner: identity.owner, service: name, tool }));
      // That needs the worktree.
      if (filling === undefined) await prepareUsed(run, identity, name, notes);
    }
    const value: UsedState = { places };
    return { value, detail: uses.map(({ name, tool }) => `${name} (${usedTools[tool].title})`).join(', ') };
  },
  async undo(run, notes) {
    const { prepared, begun, made } = run;
    const { parts } = made(namespacePart).identity;
    if (mayBeInUse(run) && parts.uses) begun.keep('uses', keptUses(prepared.identity?.parts.uses, parts.uses));
    return undoPrepared(run, notes);
  },
  look: async (run) => (run.environment?.parts.uses ? { losses: await losses(run) } : undefined),
  async lookAgain(run) {
    return { losses: run.accepted.includes('data') || !run.environment ? [] : await losses(run) };
  },
  remove({ ports, environment }) {
    if (!environment || !isHere(ports.cluster.identity)) return [];
    return [
      {
        phase: 'data',
        id: 'uses',
        title: 'Remove the data of the services that it uses',
        run: () => ports.uses.remove(environment.owner),
      },
    ];
  },
  variables: ({ identity: { cluster, parts } }) => variables(parts, isHere(cluster) ? 'machine' : 'outside'),
  podVariables: ({ identity: { cluster, parts } }) => (isHere(cluster) ? {} : variables(parts, 'pods')),
});

/** What there is where nobody knows whether the services are those of before or those of now. */
function keptUses(before: UsesRecord | undefined, now: UsesRecord): UsesRecord {
  const used = Object.entries(now.services).filter(([, { isGone }]) => !isGone);
  return { services: { ...now.services, ...before?.services, ...Object.fromEntries(used) } };
}

function isHere(cluster: Identity['cluster']): boolean {
  return !traitsOf(cluster).runsImages;
}

function variables({ uses }: IdentityParts, from: UsedFrom): Readonly<Record<string, string>> {
  if (uses === undefined) return {};
  const told = usedVariables(uses, from);
  // A program that calls Coppice for another environment hands on none of them.
  return Object.keys(told).length === 0 ? {} : { ...told, [usedNamesVariable]: Object.keys(told).join(' ') };
}

async function losses({ ports, environment }: LookRun): Promise<Loss[]> {
  const used = environment?.parts.uses;
  if (!environment || !used) return [];
  // What is in a container's volume cannot be told from here.
  const written = isHere(ports.cluster.identity)
    ? (await ports.uses.written(environment.owner)).map(({ service, tool }) => usedTitle(service, tool))
    : keptData(used).map((title) => `${title}: it cannot be told`);
  return written.length === 0 ? [] : [{ kind: 'data', count: written.length, examples: written }];
}
