import type { Cause } from '../../core/diagnosis/cause';
import type { EnvironmentFile } from '../../core/environmentFile';
import type { RepositoryFiles } from '../../core/ports/repositoryFiles';

/** Of more than these the first are looked at: who asks why waits. */
const maxFiles = 300;
/** What takes a migration back makes what that had dropped. */
const takesBack = /(?:^|[./_-])(?:down|undo|revert|rollback)\.sql$/i;

/**
 * A table that a service misses, and that the branch's own SQL makes: what makes it has failed, or has not run. Where the migrations are no
 * plain SQL, or nothing there makes it, the cause is as it was.
 */
export async function whereMade(
  files: Pick<RepositoryFiles, 'list' | 'read'>,
  folder: string,
  cause: Cause,
  signal: AbortSignal,
): Promise<Cause> {
  const table = /"([^"]{1,200})"/.exec(cause.what)?.[1]?.split('.').at(-1);
  if (cause.kind !== 'tableMissing' || table === undefined) return cause;
  const { tracked, untracked } = await files.list(folder, signal);
  const all = [...tracked, ...untracked].filter((path) => path.endsWith('.sql') && !takesBack.test(path)).sort();
  for (const path of all.slice(0, maxFiles)) {
    signal.throwIfAborted();
    const text = await files.read(folder, path);
    if (text === undefined || !makes(text, table)) continue;
    return {
      ...cause,
      what: `${cause.what.replace(/\.$/, '')}: ${path}, which makes it, has failed or has not run.`,
      todo: `coppice database migrate, and read what it prints of ${path}: a command that goes on after an error (psql without -v ON_ERROR_STOP=1) ends with exit code 0 all the same`,
    };
  }
  return cause;
}

function makes(text: string, table: string): boolean {
  const made =
    /\bCREATE\s{1,20}(?:UNLOGGED\s{1,20})?(?:TABLE|(?:MATERIALIZED\s{1,20})?VIEW)\s{1,20}(?:IF\s{1,20}NOT\s{1,20}EXISTS\s{1,20})?([\w."]{1,200})/gi;
  const wanted = table.toLowerCase();
  return [...text.replace(/--[^\n]*/g, ' ').matchAll(made)].some(
    ([, name = '']) => name.replaceAll('"', '').split('.').at(-1)?.toLowerCase() === wanted,
  );
}

/** What to do where tables are missing that nothing of coppice.yaml makes: there is no command to run again. */
export function withWhoMakesTables(cause: Cause, file: EnvironmentFile | undefined): Cause {
  if (cause.kind !== 'tableMissing' || file?.database === undefined || file.database.migrate !== undefined)
    return cause;
  return {
    ...cause,
    todo: 'Nothing in coppice.yaml makes its tables: give the command that does as database.migrate, then: coppice create',
  };
}
