import type { Identity } from '../../src/core/model';
import { namesFromSlug } from '../../src/core/naming';

/** An environment's identity with the names that a slug gives, a database's among them. */
export function identityOf(slug: string, change: Partial<Identity> = {}): Identity {
  const { temporalNamespace, database, databaseRole, ...names } = namesFromSlug(slug);
  return {
    version: 2,
    owner: { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' },
    names,
    cluster: { kind: 'embedded' },
    ref: `refs/heads/${slug}`,
    createdBranch: true,
    state: 'created',
    createdAt: '2026-01-02T03:04:05.000Z',
    parts: {
      database: { provider: 'postgres', database, role: databaseRole },
      temporal: { namespace: temporalNamespace },
      services: { metricsPorts: {} },
    },
    ...change,
  };
}
