import type { Identity } from '../../../core/model';
import { namesFromSlug, type CandidateNames } from '../../../core/naming';

/** The names that an environment has; for a part that it never had, those that its slug gives. */
export function recordedNames({ names, parts }: Identity): CandidateNames {
  const { temporalNamespace, database, databaseRole } = namesFromSlug(names.slug);
  return {
    ...names,
    temporalNamespace: parts.temporal?.namespace ?? temporalNamespace,
    database: parts.database?.database ?? database,
    databaseRole: parts.database?.role ?? databaseRole,
  };
}
