import { traitsOf } from '../../../core/clusterTraits';
import type { Loss } from '../../../core/errors';
import type { Identity, IdentityParts, UsesRecord } from '../../../core/model';
import type { UsedPlace } from '../../../core/usedTool';
import { keptData } from '../../../core/uses/keptData';
import { localRun } from '../../../core/uses/localRun';
import { usedByFile, usedByText } from '../../../core/uses/usedByFile';
import { usedNamesVariable } from '../../../core/uses/usedNames';
import { usedTitle } from '../../../core/uses/usedTitle';
import { usedTools } from '../../../core/uses/usedTools';
import { usedVariables, type UsedFrom } from '../../../core/uses/usedVariables';
import { clusterPart } from './clusterPart';
import { namespacePart } from './namespacePart';
import { definePart, type MakeRun } from './part';
import type { LookRun } from './removal';
import { plannedUses } from './plannedUses';
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
  notes: (): { made: string[] } => ({ made: [] }),
  async make(run, notes) {
    const { prepared, made } = run;
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
    for (const { name } of uses) places.set(name, await prepare(run, identity, name, notes));
    const value: UsedState = { places };
    return { value, detail: uses.map(({ name, tool }) => `${name} (${usedTools[tool].title})`).join(', ') };
  },
  async undo({ ports, prepared, begun, made }, notes) {
    const { identity, isFound } = made(namespacePart);
    const { owner, parts } = identity;
    const before = prepared.identity;
    // The services stay as they are now, and may be running on what this run made.
    if (isFound && (before?.state === 'created' || prepared.isAdopted)) {
      if (parts.uses) begun.keep('uses', keptUses(before?.parts.uses, parts.uses));
      return notes.made.length === 0 ? undefined : `the data of ${notes.made.join(', ')}, which may be in use`;
    }
    for (const service of notes.made) await ports.uses.remove(owner, service);
    return undefined;
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

async function prepare(
  { ports, prepared, made, signal }: MakeRun<typeof namespacePart | typeof clusterPart>,
  identity: Identity,
  service: string,
  notes: { made: string[] },
): Promise<UsedPlace> {
  const { owner } = made(namespacePart).identity;
  const uses = prepared.file.services.find(({ name }) => name === service)?.uses;
  if (!uses?.program) throw new Error(`nothing is known that runs ${service}`);
  const { tool, program } = uses;
  const { local } = usedTools[tool];
  const one = { owner, service, tool };
  const place = ports.uses.place(one);
  const { ports: numbers = {} } = identity.parts.uses?.services[service] ?? {};
  const fill =
    local.prepare &&
    (async (data: string): Promise<void> => {
      const argv = local.prepare?.(localRun(program, numbers, { ...place, data })) ?? [];
      await ports.commands.run(argv, { cwd: data, env: {}, timeoutMs: 5 * 60_000 }, signal);
    });
  // When everything else of the environment is gone, it says whose they were.
  const usedBy = { repository: prepared.repository.root, worktree: prepared.folderOf(identity.names.slug) };
  const files = { ...local.files, [usedByFile]: usedByText(usedBy) };
  if (await ports.uses.prepare(one, program.kind, files, fill)) notes.made.push(service);
  return place;
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
