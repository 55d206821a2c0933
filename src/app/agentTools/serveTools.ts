import type { ToolServer } from '../../core/ports/toolServer';
import type { UseCase } from '../run/run';
import type { ToolPorts } from './environmentTool';
import { environmentTools } from './environmentTools';
import { failureText } from './failureText';

const instructions =
  'Coppice: the environment of this worktree (services, database, URLs). "where" first; when something fails "why", then "logs". Answers are digests that name a file with everything: search in that file rather than asking again.';

export interface ServeToolsPorts {
  readonly server: ToolServer;
  readonly version: string;
  readonly tools: ToolPorts;
}

/** Offers an agent what it may call in the worktree that a folder lies in, until its input ends. */
export function serveTools({ server, version, tools }: ServeToolsPorts): UseCase<{ readonly folder: string }, void> {
  return async ({ folder }, { signal }) =>
    server.serve({ version, instructions, tools: environmentTools(tools, folder), failureText }, signal);
}
