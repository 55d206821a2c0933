import type { Repository } from '../../core/model';
import type { Paths } from '../../core/ports/host';

/** Where a new worktree of this slug goes. @param pattern the setting `worktree.folder` */
export function worktreeFolder(
  paths: Pick<Paths, 'parent' | 'resolve'>,
  repository: Repository,
  slug: string,
  pattern: string,
): string {
  const relative = pattern.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    name === 'repository' ? repository.name : name === 'slug' || name === 'branch' ? slug : whole,
  );
  return paths.resolve(paths.parent(repository.root), relative);
}
