import { dependencyTools } from './dependencyTools';

/** What changes neither what is installed nor where. */
const harmless = /^--(?:no-audit|no-fund|no-progress|prefer-offline|offline|silent|quiet|loglevel=\w+)$/;

/**
 * Whether a command of the worktree's root would only remove dependencies that were brought, to install the same anew.
 *
 * @param tool whose dependencies were brought there
 */
export function isReplaced(command: readonly string[], tool: string): boolean {
  const { replaces = [] } = dependencyTools.find(({ name }) => name === tool) ?? {};
  return replaces.some(
    (each) =>
      each.every((word, index) => command[index] === word) &&
      command.slice(each.length).every((flag) => harmless.test(flag)),
  );
}
