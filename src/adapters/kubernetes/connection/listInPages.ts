import type { KubeConnection } from './kubeConnection';

interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
}

export interface Listed<T> {
  readonly items: T[];
  /** From which a watch continues. */
  readonly version: string;
}

export interface ListRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** For messages: "pods". */
  readonly resource: string;
}

const pageSize = '500';

/** A whole list, page by page. @throws as KubeConnection.json */
export async function listInPages<T>(
  connection: KubeConnection,
  request: ListRequest,
  signal?: AbortSignal,
): Promise<Listed<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { ...request.query, limit: pageSize, continue: next };
    const page: { items?: T[] | null; metadata?: ListMeta } = await connection.json(
      { method: 'GET', path: request.path, query, verb: 'list', resource: request.resource },
      signal,
    );
    for (const item of page.items ?? []) items.push(item);
    next = page.metadata?.continue || undefined;
    if (next === undefined) return { items, version: page.metadata?.resourceVersion ?? '' };
  }
}
