import { ageOf } from './age';
import type { KubeObject } from '../schema/kubeObject';
import { columnsOf, type Column } from './tableColumns';

/** What of the object travels with each row: `includeObject` of the request. */
export type RowObject = 'None' | 'Metadata' | 'Object';

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

const nameColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name, unique within its namespace.',
  priority: 0,
};
const ageColumn = { name: 'Age', type: 'string', format: '', description: 'The time since its creation.', priority: 0 };

/** Server-side printing: the `meta.k8s.io/v1` Table that `kubectl get` shows. */
export function tableOf(
  kind: string,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  options: { rowObject: RowObject; apiVersion: string; withHeader: boolean },
): object {
  const columns = columnsOf(kind);
  const now = new Date();
  return {
    kind: 'Table',
    apiVersion: options.apiVersion,
    metadata,
    columnDefinitions: options.withHeader ? definitions(kind, columns) : null,
    rows: objects.map((object) => ({
      cells: cells(kind, columns, object, now),
      ...(options.rowObject === 'None' ? {} : { object: rowObject(object, options) }),
    })),
  };
}

export function partialMetadata(object: KubeObject, apiVersion = 'meta.k8s.io/v1'): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
}

function rowObject(object: KubeObject, options: { rowObject: RowObject; apiVersion: string }): object {
  return options.rowObject === 'Object' ? object : partialMetadata(object, options.apiVersion);
}

/** The age stands last of what is always shown, as kubectl's own columns have it; an event begins with when it was seen. */
function definitions(kind: string, columns: readonly Column[]): object[] {
  const own = columns.map(({ name, wide, type }) => ({
    name,
    type: type ?? 'string',
    format: '',
    description: name,
    priority: wide ? 1 : 0,
  }));
  if (kind === 'Event') return own;
  const shown = own.filter((column) => column.priority === 0);
  const wide = own.filter((column) => column.priority === 1);
  return hasAge(columns) ? [nameColumn, ...shown, ageColumn, ...wide] : [nameColumn, ...shown, ...wide];
}

/** Roles and limits say when they were created instead. */
function hasAge(columns: readonly Column[]): boolean {
  return !columns.some((column) => column.name === 'Created At');
}

function cells(kind: string, columns: readonly Column[], object: KubeObject, now: Date): unknown[] {
  if (kind === 'Event') return columns.map((column) => column.cell(object, now));
  const cell = (column: Column): unknown => column.cell(object, now);
  return [
    object.metadata.name,
    ...columns.filter((column) => !column.wide).map(cell),
    ...(hasAge(columns) ? [ageOf(object.metadata.creationTimestamp, now)] : []),
    ...columns.filter((column) => column.wide).map(cell),
  ];
}
