import type { Candidate, LeftOut } from './shared/candidate';
import { nodeDatabase } from './databaseProposal';
import { has, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { inFolder, isBelow, pathInRepository } from './shared/paths';

export interface NodeInstalls {
  readonly setup: readonly string[];
  /** Those that take what another language's install brings first: `file:../deps/phoenix`. */
  readonly late: readonly string[];
  /** Packages that are not installed. */
  readonly leftOut: readonly LeftOut[];
}

/** What installs the packages that an environment needs; one without dependencies needs no install. */
export function nodeInstalls(
  facts: RepositoryFacts,
  packages: readonly NodePackage[],
  services: readonly Candidate[],
): NodeInstalls {
  if (!packages.some(({ dependencies }) => dependencies.size > 0)) return { setup: [], late: [], leftOut: [] };
  const used = [
    ...services.map(({ folder }) => folder),
    ...packages.filter((each) => nodeDatabase(facts, each) !== undefined).map(({ folder }) => folder),
  ];
  const roots = packages.filter(({ root, folder }) => root === folder);
  const installed = roots.filter((root) => isInstalled(facts, root, packages, used));
  const others = roots.filter((root) => !installed.includes(root) && root.dependencies.size > 0);
  const isLate = ({ folder }: NodePackage): boolean =>
    packages.some((each) => each.root === folder && needsOthers(facts, each));
  const installs = (found: readonly NodePackage[]): readonly string[] => [
    ...new Set(found.map(({ manager, folder }) => manager.install(folder))),
  ];
  return {
    setup: installs(installed.filter((each) => !isLate(each))),
    late: installs(installed.filter(isLate)),
    leftOut: others.map(({ folder, manager }) => ({
      file: inFolder(folder, 'package.json'),
      path: 'dependencies',
      reason: `nothing that is started needs them; where you do, add "${manager.install(folder)}" to setup`,
    })),
  };
}

/** Whether a dependency is a folder of the repository that git does not have. */
function needsOthers({ paths }: RepositoryFacts, { folder, versions }: NodePackage): boolean {
  return [...versions.values()].some((version) => {
    const [, path] = /^(?:file|link|portal):(.+)$/.exec(version) ?? [];
    const place = path === undefined ? undefined : pathInRepository(folder, path);
    if (place === undefined || place === '.' || paths.has(place)) return false;
    return ![...paths].some((each) => each.startsWith(`${place}/`));
  });
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
