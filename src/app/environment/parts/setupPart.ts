import { isReplaced } from '../../../core/dependencies/isReplaced';
import { runSetup, setupDetail } from '../commands/runSetup';
import { copyPart } from './copyPart';
import { dependenciesPart } from './dependenciesPart';
import { commandVariables, withoutDatabase } from './commandVariables';
import { envFilesPart } from './envFilesPart';
import { imagesPart } from './imagesPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { releasePart } from './releasePart';
import { templatePart } from './templatePart';
import { worktreePart } from './worktreePart';

/**
 * What a new worktree needs before anything runs in it. What it writes lies in the worktree, and goes with it: there is nothing else
 * to take back.
 */
export const setupPart = definePart({
  id: 'setup',
  after: [namespacePart, worktreePart, copyPart, dependenciesPart],
  // Migrations and builds read what it makes.
  before: [imagesPart, envFilesPart, releasePart],
  sometimesBefore: [templatePart],
  title: 'Run the setup commands',
  wanted: ({ file }) => file.setup.length > 0,
  async make({ ports, prepared: { repository, target, file }, parts, made, tell, signal }) {
    const { identity } = made(namespacePart);
    const { worktree } = made(worktreePart);
    // What the project's own scripts do at an install was not done.
    const fills = (made(dependenciesPart) ?? [])
      .filter(({ folder, how, missing = [] }) => folder === '' && how === 'reflink' && missing.length === 0)
      .map(({ tool }) => tool);
    const settings = ports.settings();
    const openCluster = async () => ports.cluster;
    const place = { repository, identity, branch: target.branch, settings, openCluster };
    const result = await runSetup(
      ports,
      {
        worktree,
        setup: file.setup,
        variables: { ...(await commandVariables(parts, place)), ...withoutDatabase(file) },
        timeoutSeconds: settings['setup.timeout'],
        name: identity.names.slug,
        tell,
        isMade: ({ command, env }) => Object.keys(env).length === 0 && fills.some((tool) => isReplaced(command, tool)),
      },
      signal,
    );
    return { value: undefined, detail: setupDetail(result, file.setup.length) };
  },
});
