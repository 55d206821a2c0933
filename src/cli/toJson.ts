import type { BroughtDependencies } from '../app/dependencies/bringDependencies';
import type { CreatePlan, CreateResult } from '../app/environment/requests';
import { isAbort, toAppError } from '../core/errors';
import type { RepositoryCommand } from '../core/repositoryCommands';
import { verdictJson } from '../app/view/snapshotJson';

/*
 * What `--json` prints. Fields are added, never renamed or taken away: others build on them.
 */

export function planJson(plan: CreatePlan): object {
  const { commandsToApprove, ...rest } = plan;
  return {
    ...rest,
    base: plan.base ?? null,
    database: plan.database ?? null,
    commandsToApprove: commandsToApprove.map(commandJson),
  };
}

export function createdJson(created: CreateResult): object {
  const { worktree, identity, database = null, services, ready, url, notes = [], dependencies = [] } = created;
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
    verdict: ready ? 'ready' : 'notReady',
    notes,
    dependencies: dependencies.map(dependencyJson),
    services: services.map(verdictJson),
  };
}

function commandJson({ place, text }: RepositoryCommand): object {
  return { place, command: text };
}

function dependencyJson(brought: BroughtDependencies): object {
  const { folder, tool, how, from = null, files = null, bytes = null, writtenBytes = null } = brought;
  const { why = null, failed = false, log = null } = brought;
  return { folder, tool, how, from, files, bytes, writtenBytes, why, failed, log };
}

export function errorJson(error: unknown): object {
  if (isAbort(error)) return { error: { code: 'cancelled', message: 'Cancelled.', explanation: null, losses: [] } };
  const { code, message, explanation, losses, found, commands } = toAppError(error);
  const left = found && {
    namespace: found.namespace ?? null,
    database: found.database ?? null,
    folder: found.folder ?? null,
  };
  const open = commands.map(commandJson);
  return {
    error: {
      ...{ code, message, explanation: explanation ?? null, losses },
      ...(left ? { found: left } : {}),
      ...(open.length > 0 ? { commands: open } : {}),
    },
  };
}
