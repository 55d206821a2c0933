import { traitsOf } from '../../../core/clusterTraits';
import { bringDependencies } from '../../dependencies/bringDependencies';
import { broughtText } from '../../dependencies/broughtText';
import { commandVariables, withoutDatabase } from './commandVariables';
import { copyPart } from './copyPart';
import { imagesPart } from './imagesPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { releasePart } from './releasePart';
import { templatePart } from './templatePart';
import { worktreePart } from './worktreePart';

/** What package managers put beside the checkout. It goes with the worktree: it is not recorded, taken back or removed by itself. */
export const dependenciesPart = definePart({
  id: 'dependencies',
  after: [namespacePart, worktreePart, copyPart],
  // Migrations and services need them; and a build sees a folder that nothing is added to meanwhile.
  before: [imagesPart, releasePart],
  sometimesBefore: [templatePart],
  title: 'Bring the dependencies',
  wanted: ({ lockfiles }) => lockfiles.length > 0,
  async make({ ports, prepared: { repository, target, file, lockfiles, unapproved = [] }, parts, made, signal, tell }) {
    const { worktree } = made(worktreePart);
    const settings = ports.settings();
    const timeoutSeconds = settings['setup.timeout'];
    // Scripts of packages may read a copied .env as well as any other command.
    const { identity } = made(namespacePart);
    const openCluster = async () => ports.cluster;
    const place = { repository, identity, branch: target.branch, settings, openCluster };
    const env = { ...(await commandVariables(parts, place)), ...withoutDatabase(file) };
    const about = { repository, worktree, file, lockfiles, unapproved };
    const isNeededHere = !traitsOf(ports.cluster.identity).runsImages;
    const request = { ...about, env, timeoutSeconds, isNeededHere, name: target.branch };
    const value = await bringDependencies(ports, request, tell, signal);
    const text = broughtText(value, await sourceNames());
    const hasFailed = value.some(({ failed }) => failed);
    return hasFailed ? { value, short: text } : { value, detail: text };

    async function sourceNames(): Promise<(folder: string) => string> {
      if (!value.some(({ from }) => from !== undefined)) return (folder) => folder;
      const listed = await ports.worktrees.list(repository, signal);
      return (folder) => listed.find(({ path }) => path === folder)?.branch ?? folder;
    }
  },
});
