import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Identity, IdentityParts, PartRecord } from '../../../core/model';
import type { CandidateNames } from '../../../core/naming';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import type { NamesInUse } from './claimNames';
import { recordOf, type MakeRun, type Part } from './part';

type Planning = Pick<MakeRun, 'ports' | 'prepared' | 'parts' | 'signal'>;

export interface PlannedParts {
  /** What the environment's record says of its parts. */
  readonly records: IdentityParts;
  /** What its namespace says of them. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Those of a list that an environment is to have. */
export function wantedParts({ ports, prepared, parts }: Pick<Planning, 'ports' | 'prepared' | 'parts'>): Part[] {
  const asked = { ...prepared, cluster: ports.cluster.identity };
  return parts.filter((part) => part.wanted?.(asked) ?? true);
}

/**
 * What all parts of an environment are called. What was recorded under the same names stays, and what an earlier try has left: a part
 * that the environment file no longer asks for is still there.
 */
export async function planParts(
  run: Planning,
  names: CandidateNames,
  namespaces: readonly NamespaceRecord[],
): Promise<PlannedParts> {
  const { ports, prepared, parts, signal } = run;
  const { identity: earlier, owner, begun } = prepared;
  const found = namespaces.find((namespace) => isSameOwner(namespace.owner, owner));
  const records: Record<string, PartRecord> = {
    ...known(begun?.parts ?? {}),
    ...(found ? recordsFrom(parts, { slug: names.slug, ...found.annotations }) : {}),
    ...(earlier?.names.slug === names.slug ? known(earlier.parts) : {}),
  };
  let annotations: Readonly<Record<string, string>> = {};
  const wanted = new Set(wantedParts(run));
  for (const part of parts) {
    const left = recordOf(begun?.parts ?? {}, part);
    if (!wanted.has(part) && !left) continue;
    const planned = await part.plan?.({ ports, prepared, names, namespaces, signal });
    // What is left under another name than it would be given now is told by the record alone.
    if (!wanted.has(part) && JSON.stringify(planned?.record) !== JSON.stringify(left)) continue;
    if (planned?.record) records[part.id] = planned.record;
    annotations = { ...annotations, ...planned?.annotations };
  }
  const { slug, namespace, host, release } = names;
  const identity: Identity = {
    ...{ version: 2, owner, names: { slug, namespace, host, release }, ref: prepared.target.ref, state: 'creating' },
    ...{ createdBranch: false, cluster: ports.cluster.identity, createdAt: '', parts: records },
  };
  for (const part of wanted) part.verifyPlan?.({ ports, prepared, parts, identity });
  return { records, annotations };
}

/** What a namespace's annotations say of the parts that its environment has. */
export function recordsFrom(
  parts: readonly Part[],
  annotations: Readonly<Record<string, string>>,
): Record<string, PartRecord> {
  const records = parts.map((part) => [part.id, part.fromAnnotations?.(annotations)] as const);
  return Object.fromEntries(records.filter((entry): entry is [string, PartRecord] => entry[1] !== undefined));
}

function known(records: IdentityParts): Record<string, PartRecord> {
  return Object.fromEntries(
    Object.entries(records).filter((entry): entry is [string, PartRecord] => entry[1] !== undefined),
  );
}

/** Who holds the names that are chosen from, in the cluster and among the things of the parts that are wanted. */
export function namesInUse(run: Planning, namespaces: readonly NamespaceRecord[]): NamesInUse {
  const asking = wantedParts(run).filter((part) => part.holder !== undefined);
  return {
    namespaces,
    ofParts: asking.map((part) => ({
      id: part.id,
      holder: async (names, signal) => part.holder?.(names, run.ports, signal),
    })),
  };
}
