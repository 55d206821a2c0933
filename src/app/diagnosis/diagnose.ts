import type { Cause } from '../../core/diagnosis/cause';
import { serviceCause } from '../../core/diagnosis/serviceCause';
import type { EnvironmentFile } from '../../core/environmentFile';
import { isAppError, toAppError } from '../../core/errors';
import { isTroubled } from '../../core/services/isTroubled';
import type { Environment } from '../../core/model';
import type { UseCase } from '../run/run';
import { worktreeName, worktreeView } from '../view/worktreeView';
import type { Diagnosis, DiagnosisPorts, DiagnosisRequest, AskedService } from './diagnosis';
import { entryAt } from './entryAt';
import { entryCause } from './entryCause';
import { databaseCauses, fileCauses, preparationCauses, type DatabaseCauses, type FileSaid } from './otherCauses';
import { rankCauses } from './rankCauses';
import { whereMade, withWhoMakesTables } from './whereMade';
import { wholeDiagnosis } from './wholeDiagnosis';

/** Each thing that is asked for has this long: whoever asks waits. Milliseconds. */
const limitMs = 600;
/** Where looking at the environment takes longer, the machine is busy or its cluster far, and each thing has as long as that; at most this. */
const maxLimitMs = 3_000;
/** Of the database of an environment that is not seen. */
const untouched: DatabaseCauses = { causes: [] };
/** Of a service's output. */
const tail = 400;
/** Of more services than these is believed what the cluster says: their output is not asked for. */
const maxServices = 8;

/**
 * Why the environment of a worktree is not as it should be: the most likely cause, what it is concluded from, and what to do. Looks at what
 * there is, starts and changes nothing.
 *
 * @throws notFound when the folder is in no worktree
 */
export function diagnose(ports: DiagnosisPorts, limit = limitMs): UseCase<DiagnosisRequest, Diagnosis> {
  return async ({ folder, path: wanted }, { signal }) => {
    const begun = ports.now();
    const snapshot = await ports.readSnapshot(folder, signal);
    const longest = Math.max(limit, Math.ceil(Math.min(ports.now() - begun, maxLimitMs)));
    const within = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(longest)]);
    const entry = entryAt(ports.paths, snapshot, folder, wanted);
    const { path } = entry.worktree;
    const { state, words } = worktreeView(entry, snapshot);
    const reading = fileOf(ports, path);
    const whole = entryCause(entry, snapshot);
    const isSeen = entry.environment !== undefined && (whole === undefined || whole.kind === 'working');
    // At once, as each may take as long as it is given.
    const [file, looked, database, prepared] = await Promise.all([
      reading,
      isSeen && entry.environment ? lookAt(ports, path, entry.environment, within) : [],
      isSeen ? databaseCauses(ports, entry, snapshot, reading, within) : untouched,
      isSeen ? preparationCauses(ports, entry, reading) : [],
    ]);
    signal.throwIfAborted();
    const said = isAppError(file) ? undefined : file;
    const spec = (name: string) => said?.services.find((one) => one.name === name);
    const ofServices = await Promise.all(
      looked.map(async (each) => {
        const cause = serviceCause(each.service, each, spec(each.service.name)?.once === true);
        return withWhoMakesTables(await orElse(whereMade(ports.files, path, cause, within()), cause), said);
      }),
    );
    const isTroubledNow = ofServices.some(({ kind }) => kind !== 'starting');
    const causes = rankCauses(
      [
        ...database.causes.filter(({ kind }) => kind !== 'pendingMigration' || !isExplained(ofServices)),
        // What was prepared badly matters where something fails by it.
        ...(isTroubledNow ? prepared : []),
        ...ofServices,
        ...fileCauses(file, whole),
      ],
      awaitedBy(said),
    );
    const all = whole === undefined ? causes : whole.kind === 'noEnvironment' ? [...causes, whole] : [whole, ...causes];
    const untold = database.untold === undefined ? [] : [database.untold];
    const text = wholeDiagnosis({ entry, snapshot, causes: all, looked });
    const kept = await ports.kept.keep(path, `why-${worktreeName(entry)}`, text);
    return { name: worktreeName(entry), path, state, words, cause: all[0], others: all.slice(1), untold, file: kept };
  };
}

async function fileOf(ports: DiagnosisPorts, path: string): Promise<FileSaid> {
  try {
    return await ports.environmentFiles.read(path);
  } catch (error) {
    const known = toAppError(error);
    return known.code === 'invalidInput' ? known : undefined;
  }
}

/** A table that is missing is what a migration that has not run comes down to: it is told once. */
function isExplained(causes: readonly Cause[]): boolean {
  return causes.some(({ kind }) => kind === 'tableMissing');
}

async function lookAt(
  ports: DiagnosisPorts,
  path: string,
  { namespace, services }: Environment,
  within: () => AbortSignal,
): Promise<AskedService[]> {
  const troubled = services.filter(isTroubled);
  if (troubled.length === 0) return [];
  const workloads = await ports.workloads(path);
  return Promise.all(
    troubled.map(async (service, index) => {
      if (index >= maxServices) return { service, previous: [], current: [], description: '' };
      const read = (previous: boolean) =>
        orElse(linesOf(workloads.logs(namespace, service.name, { follow: false, previous, tail }, within())), []);
      const [previous, current, description] = await Promise.all([
        read(true),
        read(false),
        orElse(workloads.describe(namespace, service.name, within()), ''),
      ]);
      return { service, previous, current, description };
    }),
  );
}

/** What is not told in time, or at all, is not known: the rest is. */
async function orElse<T>(asked: Promise<T>, unknown: T): Promise<T> {
  try {
    return await asked;
  } catch {
    return unknown;
  }
}

async function linesOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

function awaitedBy(file: EnvironmentFile | undefined): ReadonlySet<string> {
  return new Set((file?.services ?? []).flatMap(({ dependsOn }) => Object.keys(dependsOn)));
}
