import { composeFiles, manifests } from './gatherFacts';
import { has, isAside, textOf, type RepositoryFacts } from './facts';
import type { Candidate, LeftOut } from './shared/candidate';
import { readDockerfile } from './shared/dockerfile';
import { baseName, folderOf, isBelow } from './shared/paths';

/** Files of a repository that say how it is run, and that are known by their names only. */
export function notRead(facts: RepositoryFacts): readonly LeftOut[] {
  return [...ofMakefile(facts), ...ofTasks(facts), ...ofVersions(facts), ...ofOrchestrators(facts)];
}

/** Images of folders in which nothing was found that could be started: of what no compose file starts nobody else says that it is there. */
export function notStarted(facts: RepositoryFacts, services: readonly Candidate[]): readonly LeftOut[] {
  if (composeFiles(facts.paths).length > 0) return [];
  const files = [...facts.tracked].filter((path) => {
    const folder = folderOf(path);
    if (baseName(path) !== 'Dockerfile' || folder === '.' || isAside(folder) || /(?:^|\/)\./.test(folder)) return false;
    // One without sources beside it is often of the whole repository.
    const isOfFolder = has(facts, folder, ...manifests.filter((name) => name !== 'Dockerfile'));
    return isOfFolder && !services.some((each) => each.folder === folder || isBelow(each.folder, folder));
  });
  // What was not read lies too deep to be started by itself.
  return files
    .filter((path) => facts.texts.has(path))
    .sort()
    .slice(0, 20)
    .map((file) => {
      const { command } = readDockerfile(textOf(facts, '.', file) ?? '');
      const runs = [command ?? []].flat().join(' ');
      const said = runs === '' || runs.length > 80 ? '' : `; its image runs "${runs}"`;
      return { file, path: '', reason: `no service was found in its folder${said}: where it is one, write it` };
    });
}

/** By name only: what a target does is not looked at. */
function ofMakefile(facts: RepositoryFacts): LeftOut[] {
  const names = [...(textOf(facts, '.', 'Makefile') ?? '').matchAll(/^([A-Za-z][\w-]*)\s*:(?!=)/gm)].map(
    ([, name = '']) => name,
  );
  const telling = [...new Set(names)].filter((name) =>
    /^(?:dev|run|start|serve|up|migrate|seed|setup|install|init|bootstrap|db)/.test(name),
  );
  if (telling.length === 0) return [];
  return [
    {
      file: 'Makefile',
      path: telling.slice(0, 10).join(', '),
      reason: 'what targets do is not read; one that must run first belongs into setup',
    },
  ];
}

/** Of other runners of tasks. */
function ofTasks({ tracked }: RepositoryFacts): LeftOut[] {
  return ['Taskfile.yml', 'Taskfile.yaml', 'Justfile', 'justfile', '.justfile', 'bin/setup', 'script/setup']
    .filter((file) => tracked.has(file))
    .map((file) => ({ file, path: '', reason: 'what it does is not read; what must run first belongs into setup' }));
}

function ofVersions(facts: RepositoryFacts): LeftOut[] {
  const names = [
    ...['.tool-versions', 'mise.toml', '.mise.toml', '.nvmrc', '.node-version', '.python-version', '.sdkmanrc'],
    ...['devbox.json', 'devenv.nix', 'flake.nix', 'shell.nix'],
  ];
  return names
    .filter((name) => facts.tracked.has(name))
    .map((file) => ({
      file,
      path: '',
      reason: 'services run with the programs on your PATH: let your version manager put these there',
    }));
}

/** What starts services by another tool: what they are told there is not known here. */
function ofOrchestrators({ tracked, texts }: RepositoryFacts): LeftOut[] {
  const hosts = [...texts].flatMap(([path, text]) =>
    /\bAspire\.AppHost\b/.test(text) && path.endsWith('proj') ? [path] : [],
  );
  const names = [
    'Tiltfile',
    'skaffold.yaml',
    'skaffold.yml',
    'garden.yml',
    'process-compose.yaml',
    'process-compose.yml',
  ];
  return [...names.filter((name) => tracked.has(name)), ...hosts].map((file) => ({
    file,
    path: '',
    reason: isOrchestrator,
  }));
}

const isOrchestrator =
  'is not read: what it starts beside these services belongs into services or uses, and what it tells them into their env';
