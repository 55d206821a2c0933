import { traitsOf } from '../../../core/clusterTraits';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { isAppError } from '../../../core/errors';
import type { PodFacts } from '../../../core/facts';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Owner, UsesRecord } from '../../../core/model';
import { usedPort } from '../../../core/naming';
import type { UsedToolName } from '../../../core/usedTool';
import { usedTools } from '../../../core/uses/usedTools';
import type { PlanRun } from './part';
import { parsedUses } from './usesAnnotation';

/** What is recorded of the services that an environment uses, and of those that it used: ports that nobody else has. */
export async function plannedUses({ ports, prepared, names, namespaces, signal }: PlanRun): Promise<UsesRecord> {
  const { file, owner } = prepared;
  const isLocal = !traitsOf(ports.cluster.identity).runsImages;
  const taken = new Set<number>();
  let own = prepared.identity?.parts.uses?.services ?? {};
  for (const namespace of namespaces) {
    const recorded = parsedUses(namespace.annotations['uses'])?.services ?? {};
    if (isSameOwner(namespace.owner, owner)) own = { ...recorded, ...own };
    else
      for (const { ports: theirs } of Object.values(recorded))
        for (const port of Object.values(theirs)) taken.add(port);
  }
  // Also of what is not used now: it may come back.
  for (const each of Object.values(own)) for (const port of Object.values(each.ports)) taken.add(port);
  const isRunning = runningAmong(ports, owner, names.namespace, signal);
  const keeps = keepingOn(ports, signal);
  const database = mainDatabase(file);
  const services: Record<string, UsesRecord['services'][string]> = {};
  for (const { name, tool } of file.uses ?? []) {
    const before = own[name]?.tool === tool ? own[name].ports : {};
    const wanted = isLocal ? [...Object.keys(usedTools[tool].ports), ...(usedTools[tool].local.ports ?? [])] : [];
    const chosen: Record<string, number> = {};
    for (const each of wanted) {
      let port: number | undefined = before[each];
      // What listens there may be its own server, or a program that came while nothing of it ran.
      if (port !== undefined && !(await ports.ports.isFree(port)) && !(await isRunning(name))) port = undefined;
      while (port === undefined) {
        const next = usedPort(names.namespace, (candidate) => taken.has(candidate));
        taken.add(next);
        if (await ports.ports.isFree(next)) port = next;
      }
      chosen[each] = port;
    }
    const isKept = isLocal ? undefined : await keeps(tool, own[name]);
    const former = formerOf(own[name], tool);
    services[name] = {
      ...{ tool, ports: chosen },
      ...(isKept === undefined ? {} : { isKept }),
      ...(name === database ? { isDatabase: true } : {}),
      ...(former.length === 0 ? {} : { former }),
    };
  }
  for (const [name, before] of Object.entries(own)) services[name] ??= { ...before, isGone: true };
  return { services };
}

/** Asks the cluster once, and only when it has to. Where nobody can tell, a service is taken for running. */
function runningAmong(
  { cluster }: PlanRun['ports'],
  { repositoryId }: Owner,
  namespace: string,
  signal: AbortSignal,
): (service: string) => Promise<boolean> {
  let read: Promise<readonly PodFacts[] | undefined> | undefined;
  return async (service) => {
    read ??= cluster.read(repositoryId, signal).then(
      (all) => all.find((each) => each.namespace === namespace)?.pods ?? [],
      (error: unknown) => {
        if (isAppError(error)) return undefined;
        throw error;
      },
    );
    const pods = await read;
    return pods?.some((pod) => pod.service === service && pod.container?.state === 'running') ?? true;
  };
}

/**
 * Whether data of a service in a container are to outlive its pod; undefined: it has none. Asked once, and only for what has no data yet. Where
 * the cluster does not say, as to one who may not read its storage classes, it is taken to give volumes: a pod that waits for one
 * tells so, and data that are lost do not.
 */
function keepingOn({ cluster, hasVolumes }: PlanRun['ports'], signal: AbortSignal) {
  let asked: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    // A plan starts nothing.
    if ((await cluster.probe(signal)) === undefined) return true;
    return hasVolumes(signal).catch((error: unknown) => {
      if (isAppError(error, 'denied')) return true;
      throw error;
    });
  };
  return async (tool: UsedToolName, before: UsesRecord['services'][string] | undefined) => {
    if (usedTools[tool].container.data === undefined) return undefined;
    if (before?.tool === tool && before.isKept !== undefined) return before.isKept;
    return (asked ??= ask());
  };
}

/** Data of another tool stay under the name of their service: nothing else remembers them. */
function formerOf(before: UsesRecord['services'][string] | undefined, tool: UsedToolName): readonly string[] {
  if (!before) return [];
  // What was in a pod alone went with it.
  const last = before.isKept === false ? [] : [before.tool];
  return [...new Set([...(before.former ?? []), ...last])].filter((each) => each !== tool);
}

/** Whose address DATABASE_URL is; undefined: PostgreSQL's, or nobody's. */
function mainDatabase({ database, uses = [] }: EnvironmentFile): string | undefined {
  return database === undefined ? uses.find(({ tool }) => usedTools[tool].isDatabase)?.name : undefined;
}
