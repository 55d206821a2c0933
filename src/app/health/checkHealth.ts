import { traitsOf } from '../../core/clusterTraits';
import { isAbort, isAppError, toAppError } from '../../core/errors';
import type { Snapshot } from '../../core/model';
import type { DatabaseServerFacts } from '../../core/ports/databases';
import type { Clock } from '../../core/ports/host';
import type { MachineHealth } from '../../core/ports/machineHealth';
import type { ClusterStatus } from '../cluster/clusterStatus';
import type { Run, UseCase } from '../run/run';
import type { LeftKept } from '../trash/leftKept';
import type { TrashList } from '../trash/listTrash';
import type { UrlTrouble } from '../services/urlTrouble';
import type { EveryEnvironment } from '../snapshot/everyEnvironment';
import { clockFindings, readClock, type ClockReading } from './clockFindings';
import { clusterFindings, databaseFindings, temporalFindings } from './clusterFindings';
import { environmentFindings, goneFindings, lockFindings } from './environmentFindings';
import { spareFindings } from './spareFindings';
import { healthChecks, type Finding, type Fix, type HealthCheck } from './finding';
import {
  invalidFinding,
  leftKeptFinding,
  leftSnapshotFinding,
  leftSlotFinding,
  unknownFolderFinding,
} from './leftKeptFindings';
import { diskFindings, maintenanceFindings, programFindings, watchFindings } from './machineFindings';
import { trashFindings } from './trashFindings';

export interface HealthPorts {
  readonly machine: MachineHealth;
  readonly home: string;
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  readonly clusterStatus: (signal: AbortSignal) => Promise<ClusterStatus>;
  /** Of every repository. */
  readonly every: (folder: string, signal: AbortSignal) => Promise<EveryEnvironment>;
  readonly trash: (folder: string, signal: AbortSignal) => Promise<TrashList>;
  /** Databases that no undo leads to any more. */
  readonly leftDatabases: (folder: string | undefined, signal: AbortSignal) => Promise<readonly LeftKept[]>;
  /** Of the server of the cluster at hand. Starts nothing; undefined: none runs. */
  readonly databaseServer: (signal: AbortSignal) => Promise<DatabaseServerFacts | undefined>;
  /** By the clock of the cluster at hand, milliseconds since the epoch; undefined: it does not tell. */
  readonly clusterTime: (signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
  readonly urlTrouble: (url: string) => Promise<UrlTrouble | undefined>;
  readonly fixes: Readonly<Record<Fix, (run: Run) => Promise<unknown>>>;
}

export interface HealthRequest {
  /** A folder of the repository at hand; undefined: there is none. */
  readonly folder: string | undefined;
  /** Whether what has a fix is put right. */
  readonly fix: boolean;
}

export interface HealthReport {
  /** In the order of `healthChecks`; each check tells something, unless there is nothing to look at. */
  readonly findings: readonly Finding[];
  /** What a fix has put right, and was found before. */
  readonly fixed: readonly Finding[];
}

/** Each thing that is asked for has this long: it is asked for because something does not answer. Milliseconds. */
const timeoutMs = 8_000;
/** Of names like those of URLs: nobody has it. */
const probeUrl = 'http://coppice-health.localhost/';

/**
 * Looks at all that Coppice stands on and has made, and says what is not as it should be, with what puts it right. Without `fix` it
 * changes and starts nothing. What does not answer in time, or fails otherwise, is a finding itself.
 */
export function checkHealth(ports: HealthPorts, limitMs = timeoutMs): UseCase<HealthRequest, HealthReport> {
  return async ({ folder, fix }, run) => {
    const findings = await look(ports, folder, limitMs, run.signal);
    if (!fix) return { findings, fixed: [] };
    const wanted = new Set(findings.flatMap((each) => each.fix ?? []));
    if (wanted.size === 0) return { findings, fixed: [] };
    const failures = new Map<Fix, string>();
    for (const each of wanted) {
      try {
        await ports.fixes[each](run);
      } catch (error) {
        run.signal.throwIfAborted();
        failures.set(each, toAppError(error).message);
      }
    }
    const after = await look(ports, folder, limitMs, run.signal);
    return {
      findings: after.map((each) => {
        const failure = each.fix && failures.get(each.fix);
        return failure === undefined ? each : { ...each, message: `${each.message} ${failure}` };
      }),
      fixed: findings.filter(
        (each) => each.fix && !failures.has(each.fix) && !after.some((one) => one.fix === each.fix),
      ),
    };
  };
}

async function look(
  ports: HealthPorts,
  folder: string | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { machine, home } = ports;
  const within = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const snapshot = folder === undefined ? undefined : kept(ports.readSnapshot(folder, within()));
  const status = kept(ports.clusterStatus(within()));
  const repository = async (): Promise<Snapshot | undefined> => {
    try {
      return await snapshot;
    } catch (error) {
      // Outside of a repository there is nothing to look at.
      if (isAppError(error, 'notFound') || isAppError(error, 'invalidInput')) return undefined;
      throw error;
    }
  };
  const server = kept(lookAtServer(ports, status, within()));
  const looks: Readonly<Record<HealthCheck, () => Promise<Finding[]>>> = {
    programs: () => programFindings(machine, within()),
    cluster: async () => clusterFindings(await status, await repository().catch(() => undefined)),
    databases: async () => [
      ...databaseFindings(await status.catch(() => ({ state: 'stopped', databases: undefined }) as const)),
      ...((await server).facts?.invalid.map(invalidFinding) ?? []),
      ...((await server).facts?.leftSnapshots?.map(leftSnapshotFinding) ?? []),
      ...((await server).facts?.leftSlots?.map(leftSlotFinding) ?? []),
      ...((await server).facts?.unknownFolders?.map(unknownFolderFinding) ?? []),
      ...((await server).facts ? (await ports.leftDatabases(folder, within())).map(leftKeptFinding) : []),
    ],
    temporal: async () => temporalFindings(await status),
    addresses: async () => addressFindings(await ports.urlTrouble(probeUrl)),
    environments: async () => {
      const here = await repository();
      const own = here ? [...environmentFindings(here), ...spareFindings(here)] : [];
      const { access, identity } = await status;
      if (!access || folder === undefined) return own;
      return [...own, ...goneFindings(await ports.every(folder, within()), traitsOf(identity).isShared)];
    },
    trash: async () => {
      const root = (await repository())?.repository?.root;
      return root === undefined ? [] : trashFindings(await ports.trash(root, within()), ports.clock.now());
    },
    clocks: async () => {
      // One that is on this machine has its clock.
      const { identity, access } = await status.catch(() => ({ identity: undefined, access: undefined }));
      const isElsewhere = identity !== undefined && !traitsOf(identity).isProcess && access !== undefined;
      const ofCluster = isElsewhere
        ? [await readClock('the cluster', ports.clock, () => ports.clusterTime(within()))]
        : [];
      return clockFindings([(await server).reading, ...ofCluster]);
    },
    locks: async () => lockFindings((await repository().catch(() => undefined)) ?? { entries: [] }),
    disk: async () => {
      const root = (await repository().catch(() => undefined))?.repository?.root;
      const [disks, maintenance] = await Promise.all([
        diskFindings(machine, { 'the worktrees': root, 'the databases and logs of Coppice': home }),
        maintenanceFindings(machine, within()),
      ]);
      return [...disks, ...maintenance];
    },
    watches: () => watchFindings(machine),
  };
  const found = await Promise.all(
    healthChecks.map((check) =>
      Promise.race([looks[check](), over(within())]).catch((error: unknown): Finding[] => {
        signal.throwIfAborted();
        return [{ check, state: 'unknown', message: `${nobodyKnows[check]}: ${reasonOf(error, limitMs)}` }];
      }),
    ),
  );
  return found.flat();
}

/** Of a server that cannot be asked nothing is told: that it does not run is told otherwise, or is no fault. */
async function lookAtServer(
  { databaseServer, clock }: Pick<HealthPorts, 'databaseServer' | 'clock'>,
  status: Promise<ClusterStatus>,
  signal: AbortSignal,
): Promise<{ readonly facts: DatabaseServerFacts | undefined; readonly reading: ClockReading }> {
  const { identity, access } = await status.catch(() => ({ identity: undefined, access: undefined }));
  // In a cluster that does not answer its server does not either.
  const isAway = identity === undefined || (access === undefined && !traitsOf(identity).isProcess);
  let facts: DatabaseServerFacts | undefined;
  const reading = await readClock('the database server', clock, async () => {
    if (isAway) return undefined;
    facts = await databaseServer(signal).catch((error: unknown) => {
      if (!isAppError(error) && !isAbort(error)) throw error;
      return undefined;
    });
    return facts?.time;
  });
  return { facts, reading };
}

const nobodyKnows: Readonly<Record<HealthCheck, string>> = {
  programs: 'Which programs answer is not known',
  cluster: 'How the cluster is is not known',
  databases: 'How the database server is is not known',
  temporal: 'How Temporal is is not known',
  addresses: 'Whether addresses resolve is not known',
  environments: 'How the environments are is not known',
  trash: 'How much the trash holds is not known',
  clocks: 'Whether clocks agree is not known',
  locks: 'Which worktrees are locked is not known',
  disk: 'How much of the disk is free is not known',
  watches: 'How many files are watched is not known',
};

function reasonOf(error: unknown, limitMs: number): string {
  return isAbort(error) ? `no answer within ${limitMs / 1000} s.` : toAppError(error).message;
}

/** Rejects when the signal aborts: what is asked may not listen to one, as a disk that is away. */
function over(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new DOMException('It took too long.', 'AbortError'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function addressFindings(trouble: UrlTrouble | undefined): Finding[] {
  if (!trouble)
    return [{ check: 'addresses', state: 'good', message: 'Names below localhost resolve on this machine.' }];
  return [{ check: 'addresses', state: 'warning', message: trouble.message }];
}

/** Several wait for it, and none of them may be the last to hear that it failed. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
