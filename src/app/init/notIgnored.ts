import { textOf, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import type { PythonProject } from './pythonServices';
import type { LeftOut } from './shared/candidate';
import { folderOf, inFolder } from './shared/paths';

/** What an install leaves in the worktree, where no file of the repository has git ignore it. */
export function notIgnored(
  facts: RepositoryFacts,
  packages: readonly NodePackage[],
  projects: readonly PythonProject[],
): LeftOut[] {
  const roots = packages.filter(({ root, folder, dependencies }) => root === folder && dependencies.size > 0);
  const environments = projects.filter(({ program }) => program('').startsWith('.venv/'));
  return [
    ...roots
      .filter(({ folder }) => !isIgnored(facts, folder, packagesLine))
      .map(({ folder }) => told(folder, 'node_modules')),
    ...environments
      .filter(({ folder }) => !isIgnored(facts, folder, environmentLine))
      .map(({ folder }) => told(folder, '.venv')),
  ];
}

const packagesLine = /^\/?(?:\*\*\/)?(?:[\w./*-]+\/)?node_modules(?:\/\**)?\s*$/m;
const environmentLine = /^\/?(?:\*\*\/)?(?:[\w./*-]+\/)?\.venv\*?(?:\/\**)?\s*$/m;

function isIgnored(facts: RepositoryFacts, folder: string, line: RegExp): boolean {
  if (line.test(textOf(facts, folder, '.gitignore') ?? '')) return true;
  return folder !== '.' && isIgnored(facts, folderOf(folder), line);
}

function told(folder: string, path: string): LeftOut {
  const reason =
    'nothing of this repository has git ignore it: name it there, else it is among the changes of each worktree, and in the way of each delete';
  return { file: inFolder(folder, '.gitignore'), path, reason };
}
