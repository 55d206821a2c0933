import { ErrorGroups } from '../../core/diagnosis/errorGroups';
import { timedLine } from '../../core/logs/timedLine';
import { AppError } from '../../core/errors';
import type { Snapshot } from '../../core/model';
import type { UseCase } from '../run/run';
import { worktreeName, worktreeView } from '../view/worktreeView';
import type { DiagnosisPorts, DiagnosisRequest, LoggedErrors } from './diagnosis';
import { entryAt } from './entryAt';

export type ErrorsPorts = Pick<DiagnosisPorts, 'readSnapshot' | 'workloads' | 'kept' | 'paths'>;

export interface ErrorsRequest extends DiagnosisRequest {
  /** undefined: all of them. */
  readonly service?: string | undefined;
}

/** Of each run of each service: what is longer is told from its end. */
const tail = 200_000;

/**
 * What the services of a worktree's environment have printed that is an error: of the run before the last restart and of the one that is,
 * errors of one shape once. Starts and changes nothing.
 *
 * @throws notFound without an environment, or where no service has the name; unreachable where its cluster is away
 */
export function readErrors(ports: ErrorsPorts): UseCase<ErrorsRequest, LoggedErrors> {
  return async ({ folder, path, service: wanted }, { signal, report }) => {
    const snapshot = await ports.readSnapshot(folder, signal);
    const entry = entryAt(ports.paths, snapshot, folder, path);
    const name = worktreeName(entry);
    const services = servicesOf(entry, snapshot, wanted);
    const namespace = entry.environment?.namespace ?? '';
    const workloads = await ports.workloads(entry.worktree.path);
    const errors = new ErrorGroups();
    const all: string[] = [];
    for (const [index, service] of services.entries()) {
      report({
        step: 'logs',
        title: `Read the log of ${service}`,
        state: 'running',
        finished: index,
        total: services.length,
      });
      for (const previous of [true, false])
        for await (const line of workloads.logs(
          namespace,
          service,
          { follow: false, previous, tail, timestamps: true },
          signal,
        )) {
          const { at, text } = timedLine(line);
          // Seconds are enough for a person, and are as long in every cluster.
          errors.add(service, text, at && `${at.slice(0, 19)}Z`);
          all.push(services.length === 1 ? line : `${service} ${line}`);
        }
    }
    const file = await ports.kept.keep(entry.worktree.path, `logs-${name}`, all);
    return { name, services, ...errors.counts, groups: errors.groups(), lastLines: all.slice(-100), file };
  };
}

function servicesOf(
  entry: ReturnType<typeof entryAt>,
  snapshot: Snapshot,
  wanted: string | undefined,
): readonly string[] {
  const { environment } = entry;
  const name = worktreeName(entry);
  if (!environment) {
    const { words, why } = worktreeView(entry, snapshot);
    const isAway = snapshot.cluster.state === 'offline';
    throw new AppError(
      isAway ? 'unreachable' : 'notFound',
      isAway
        ? `The environment of ${name} cannot be seen, as its cluster does not answer: "coppice cluster start".`
        : `${name} has no environment whose logs could be read (${words}): ${why ?? '"coppice create" makes one.'}`,
    );
  }
  const names = environment.services.map((each) => each.name);
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  throw new AppError('notFound', `There is no service "${wanted.slice(0, 63)}". There are: ${names.join(', ')}.`);
}
