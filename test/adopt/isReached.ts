import { execFileSync } from 'node:child_process';

/** Whether a repository can be cloned from here; true where there is none to clone. */
export function isReached(repository: string | undefined): boolean {
  if (repository === undefined) return true;
  try {
    execFileSync('git', ['ls-remote', repository, 'HEAD'], { timeout: 20_000, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
