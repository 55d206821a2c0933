import { libpqVariableNames } from '../../../core/databases/libpqEnvironment';
import type { UseCase } from '../../run/run';
import { readWorktrees } from '../../worktrees/readWorktrees';
import { worktreeAt } from '../../worktrees/worktreeAt';
import { databaseUrlOf, type DatabaseUrlPorts } from './databaseUrl';

export interface PsqlPorts extends DatabaseUrlPorts {
  /** @param folders of the repository, from which no program is taken @throws missingTool */
  readonly findPsql: (folders: readonly string[]) => Promise<string>;
}

export interface PsqlProgram {
  readonly file: string;
  /** Come before a person's own; no password is among them. */
  readonly argv: readonly string[];
  /** What it is told besides, the password; undefined: what the caller's environment says of it is to be taken out. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * How psql is started for an environment's database, so that nothing in the caller's environment leads it elsewhere.
 *
 * @throws missingTool; as databaseUrl
 */
export function psqlProgram(ports: PsqlPorts): UseCase<{ readonly folder: string }, PsqlProgram> {
  return async ({ folder }, { signal }) => {
    const { worktree, identity, repository } = await worktreeAt(ports, folder, signal);
    const url = new URL(await databaseUrlOf(ports, worktree, identity, signal));
    const others = (await readWorktrees(ports, repository, signal)).map((each) => each.worktree.path);
    const file = await ports.findPsql([repository.root, ...others]);
    const password = decodeURIComponent(url.password);
    // Other users of the machine see a command line.
    url.password = '';
    return {
      file,
      argv: [`--dbname=${url.href}`],
      variables: { ...Object.fromEntries(libpqVariableNames.map((name) => [name, undefined])), PGPASSWORD: password },
    };
  };
}
