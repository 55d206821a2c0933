import type { Cause, CauseKind } from '../../core/diagnosis/cause';

/** What follows from something else, so that it is told after it; the others are told as they come. */
const later: Partial<Readonly<Record<CauseKind, number>>> = {
  databaseServerAway: -2,
  installUnfinished: -1,
  setupUnfinished: -1,
  crash: 1,
  jobFailed: 1,
  endedByItself: 1,
  probeFails: 1,
  killed: 1,
  nothingListens: 1,
  troubled: 2,
  databaseUnreachable: 2,
  unreachable: 2,
  dependencyDown: 3,
  starting: 4,
  pendingMigration: 5,
  environmentFile: 6,
};

/** The most likely first; of two that are as likely, the one that others wait for. */
export function rankCauses(causes: readonly Cause[], awaited: ReadonlySet<string>): readonly Cause[] {
  const rank = ({ kind, service }: Cause): number =>
    (later[kind] ?? 0) + (service !== undefined && awaited.has(service) ? -0.5 : 0);
  return causes
    .map((cause, index) => ({ cause, index }))
    .sort((one, other) => rank(one.cause) - rank(other.cause) || one.index - other.index)
    .map(({ cause }) => cause);
}
