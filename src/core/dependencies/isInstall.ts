import { dependencyTools } from './dependencyTools';
import { isReplaced } from './isReplaced';

/** What changes nothing of what a lockfile says. */
const exact = /^--(?:frozen-lockfile|immutable|prefer-offline|offline|no-audit|no-fund|no-progress|silent|quiet)$/;

/** Whether a command of the worktree's root only installs what the lockfile of a tool says. */
export function isInstall(command: readonly string[], tool: string): boolean {
  if (isReplaced(command, tool)) return true;
  const [program, deed, ...flags] = command;
  const { install = [] } = dependencyTools.find(({ name }) => name === tool) ?? {};
  // `npm install` writes the lockfile where it does not fit.
  const isOwn = deed === 'install' && install[1] === 'install' && program === install[0];
  return isOwn && flags.every((flag) => exact.test(flag));
}
