import type { Candidate, LeftOut } from './shared/candidate';
import { nodeDatabase } from './databaseProposal';
import { has, textOf, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { folderOf, inFolder, isBelow } from './shared/paths';

/** What installs the packages that an environment needs; one without dependencies needs no install. */
export function nodeInstalls(
  facts: RepositoryFacts,
  packages: readonly NodePackage[],
  services: readonly Candidate[],
): readonly string[] {
  if (!packages.some(({ dependencies }) => dependencies.size > 0)) return [];
  const used = [
    ...services.map(({ folder }) => folder),
    ...packages.filter((each) => nodeDatabase(facts, each) !== undefined).map(({ folder }) => folder),
  ];
  const roots = packages.filter(({ root, folder }) => root === folder);
  const installs = roots
    .filter((root) => isInstalled(facts, root, packages, used))
    .map(({ manager, folder }) => manager.install(folder));
  return [...new Set(installs)];
}

/**
 * A folder deep inside without a lockfile, of which nothing is started and no script speaks, is somebody's tool: an install would take
 * what is newest.
 */
function isInstalled(
  facts: RepositoryFacts,
  found: NodePackage,
  packages: readonly NodePackage[],
  used: readonly string[],
): boolean {
  const { folder, manager } = found;
  const isStarted = used.some((each) => each === folder || isBelow(each, folder));
  if (!isStarted && isOfLinters(found)) return false;
  if (!folder.includes('/') || manager.lockfile !== undefined) return true;
  // A compose file may start what is built there.
  if (has(facts, folder, 'Dockerfile')) return true;
  const names = new RegExp(`(?:^|[\\s/="'])${folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s/"'])`);
  return isStarted || packages.some(({ scripts }) => [...scripts.values()].some((script) => names.test(script)));
}

/** Whether it only looks at sources, which nothing that is started needs; where a hook of git calls it, commits do. */
function isOfLinters({ dependencies, scripts }: NodePackage): boolean {
  const isLinter = (name: string): boolean =>
    /(?:^|[/@-])(?:eslint|prettier|stylelint|markdownlint)(?:$|[/-])/.test(name);
  const isLinting = ([name, text]: readonly [string, string]): boolean =>
    /^(?:lint|format|fix|prettier|eslint|stylelint|test)(?:$|[:_-])/.test(name) ||
    /^(?:eslint|prettier|stylelint) /.test(text);
  return dependencies.size > 0 && [...dependencies].every(isLinter) && [...scripts].every(isLinting);
}

/** What an install leaves in the worktree, where no file of the repository has git ignore it. */
export function notIgnored(facts: RepositoryFacts, packages: readonly NodePackage[]): LeftOut[] {
  const roots = packages.filter(({ root, folder, dependencies }) => root === folder && dependencies.size > 0);
  const names = (folder: string): boolean =>
    /^\/?(?:\*\*\/)?(?:[\w./*-]+\/)?node_modules(?:\/\**)?\s*$/m.test(textOf(facts, folder, '.gitignore') ?? '');
  const isIgnored = (folder: string): boolean => names(folder) || (folder !== '.' && isIgnored(folderOf(folder)));
  return roots
    .filter(({ folder }) => !isIgnored(folder))
    .map(({ folder }) => ({ file: inFolder(folder, '.gitignore'), path: 'node_modules', reason: isNotIgnored }));
}

const isNotIgnored =
  'nothing of this repository has git ignore it: name it there, else it is among the changes of each worktree, and in the way of each delete';
