import type { CreatePlan, CreateResult } from '../app/environment/requests';
import { isAbort, toAppError } from '../core/errors';
import { serviceJson } from '../app/view/snapshotJson';

/*
 * What `--json` prints. Fields are added, never renamed or taken away: others build on them.
 */

export function planJson(plan: CreatePlan): object {
  return { ...plan, base: plan.base ?? null, database: plan.database ?? null };
}

export function createdJson(created: CreateResult): object {
  const { worktree, identity, database = null, services, ready, url, notes = [] } = created;
  const { names, parts } = identity;
  return {
    branch: worktree.branch ?? null,
    path: worktree.path,
    slug: names.slug,
    namespace: names.namespace,
    temporalNamespace: parts.temporal?.namespace ?? null,
    database,
    host: names.host,
    metricsPorts: parts.services?.metricsPorts ?? {},
    url: url ?? null,
    ready,
    notes,
    services: services.map(serviceJson),
  };
}

export function errorJson(error: unknown): object {
  if (isAbort(error)) return { error: { code: 'cancelled', message: 'Cancelled.', explanation: null, losses: [] } };
  const { code, message, explanation, losses, found, commands } = toAppError(error);
  const left = found && {
    namespace: found.namespace ?? null,
    database: found.database ?? null,
    folder: found.folder ?? null,
  };
  const open = commands.map(({ place, text }) => ({ place, command: text }));
  return {
    error: {
      ...{ code, message, explanation: explanation ?? null, losses },
      ...(left ? { found: left } : {}),
      ...(open.length > 0 ? { commands: open } : {}),
    },
  };
}
