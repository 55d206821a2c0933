import { pythonDatabase } from './databaseProposal';
import { isAside, type RepositoryFacts } from './facts';
import { djangoManage, type PythonProject } from './pythonServices';
import { inFolderCommand } from './shared/inFolderCommand';
import { folderOf } from './shared/paths';

/**
 * What makes the tables of a project of Django whose database is a file in the worktree; undefined: it may be anywhere else, where a
 * command that nobody looked at would reach what is not the environment's.
 */
export function ownTables(facts: RepositoryFacts, project: PythonProject): string | readonly string[] | undefined {
  const { folder, program } = project;
  const manage = djangoManage(facts, project);
  if (manage === undefined || pythonDatabase(facts, project) !== undefined) return undefined;
  const start = folder === '.' ? '' : `${folder}/`;
  const settings = [...facts.texts].filter(
    ([path]) => path.startsWith(start) && /(?:^|\/)settings(?:\/\w+)?\.py$/.test(path) && !isAside(folderOf(path)),
  );
  const text = settings.map(([, each]) => each).join('\n');
  const isFile = text.includes('django.db.backends.sqlite3') && /\bBASE_DIR\b/.test(text);
  // Other engines, and addresses that somebody's own variables name.
  if (!isFile || /postgres|mysql|oracle|mssql|DATABASE_URL|dj_database_url|DB_(?:HOST|NAME|ENGINE)/i.test(text))
    return undefined;
  return inFolderCommand(folder, program(`python ${manage} migrate`));
}
