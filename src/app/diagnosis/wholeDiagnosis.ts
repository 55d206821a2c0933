import type { Cause } from '../../core/diagnosis/cause';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { statusJson } from '../view/snapshotJson';
import type { AskedService } from './diagnosis';

interface Whole {
  readonly entry: WorktreeEntry;
  readonly snapshot: Snapshot;
  readonly causes: readonly Cause[];
  readonly looked: readonly AskedService[];
}

/** All that a diagnosis has looked at, line by line. */
export function wholeDiagnosis({ entry, snapshot, causes, looked }: Whole): readonly string[] {
  return [
    ...section('Causes, the most likely first', causes.length === 0 ? ['none is seen'] : causes.flatMap(causeLines)),
    ...section('Status', JSON.stringify(statusJson(entry, snapshot), undefined, 1).split('\n')),
    ...looked.flatMap(({ service, description, previous, current }) => [
      ...section(`${service.name}: as the cluster describes it`, description.split('\n')),
      ...section(`${service.name}: printed before its last restart`, previous),
      ...section(`${service.name}: printed since`, current),
    ]),
  ];
}

function causeLines({ kind, what, evidence, todo }: Cause): string[] {
  return [`${kind}: ${what}`, ...evidence.map((line) => `  ${line}`), `  -> ${todo}`];
}

function section(title: string, lines: readonly string[]): string[] {
  return [`== ${title}`, ...(lines.length === 0 ? ['(nothing)'] : lines), ''];
}
