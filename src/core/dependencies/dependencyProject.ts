import type { DependencyTool } from './dependencyTools';

/** A folder with a lockfile. */
export interface DependencyProject {
  /** Relative to the worktree, with `/`; '' is the worktree itself. */
  readonly folder: string;
  readonly tool: DependencyTool;
}

/** The path of something in a project, relative to the worktree. */
export function inProject({ folder }: Pick<DependencyProject, 'folder'>, path: string): string {
  return [folder, path].filter((part) => part !== '' && part !== '.').join('/');
}
