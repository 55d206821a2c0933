import type { Identity } from '../model';

/**
 * What an agent is told once at the beginning of a session in a worktree that has an environment: what is its own there, how it finds
 * out more, and what to leave alone. A few lines, because it stands in each session's context for good; what changes it asks for.
 */
export function sessionContext({ names, parts }: Identity): string {
  const { database } = parts;
  const own = [
    `namespace ${names.namespace}`,
    ...(database === undefined ? [] : [`PostgreSQL database ${database.database}`]),
    `addresses below ${names.host}`,
  ];
  return [
    `This git worktree has an environment of its own, made by Coppice: ${own.join(', ')}.`,
    'From here, "coppice status" tells its services, their health and their addresses, "coppice logs SERVICE --tail 50" what one of them says, "coppice wait" waits until all are ready, "coppice restart SERVICE" restarts one, "coppice database status" tells how far its database is.',
    `Its services run already: start no second copies. Other worktrees have environments and databases of other people or agents: leave them alone, and delete none.`,
  ].join('\n');
}
