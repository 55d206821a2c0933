import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import { npmDifference } from '../../core/dependencies/npmDifference';
import { linksEach, pnpmDifference, pnpmFolders, pnpmPlaces } from '../../core/dependencies/pnpmDifference';
import { yarnClassicDifference, yarnDifference, yarnPlaces } from '../../core/dependencies/yarnDifference';
import { directPlaces, missingPackage } from './missingPackage';
import { npmPackagesDifference } from './npmPackages';
import { parsed } from './parsed';
import { parsedYaml } from './parsedYaml';

export interface InstalledState {
  /** Changes with whatever the tool changes. */
  readonly key: string;
  /** Why it is not what the lockfile says, half a sentence; undefined: it is. */
  readonly why: string | undefined;
}

/** Whether a worktree's dependencies are those of its own lockfile, all of them. */
export async function stateOf(worktree: string, project: DependencyProject): Promise<InstalledState> {
  const { tool } = project;
  const at = (path: string): string => join(worktree, inProject(project, path));
  const read = (path: string): Promise<string | undefined> => readFile(at(path), 'utf8').catch(() => undefined);
  // What the tool wrote down says nothing of what somebody removed since.
  const unless = async (why: string | undefined, places: () => Promise<readonly string[]>) => {
    if (why !== undefined) return why;
    const gone = await missingPackage(at, await places());
    return gone === undefined ? undefined : `${gone} is missing there`;
  };
  if (tool.state === 'itself') return { key: '', why: undefined };
  const lockfile = (await read(tool.lockfile)) ?? '';
  switch (tool.state) {
    case 'npm': {
      const state = await read('node_modules/.package-lock.json');
      if (state === undefined) return unfinished('node_modules/.package-lock.json');
      const names = await readdir(at('node_modules')).catch(() => []);
      // As npm calls what it moves away while it installs.
      if (names.some((name) => /^\..+-[A-Za-z0-9]{8}$/.test(name)))
        return { key: '', why: 'an install is under way there, or was cut off' };
      const installed = parsed(state);
      const why =
        npmDifference(parsed(lockfile), installed, system) ?? (await npmPackagesDifference(at(''), installed));
      return { key: state, why };
    }
    case 'pnpm': {
      const [by, modules] = [await read('node_modules/.pnpm/lock.yaml'), await read('node_modules/.modules.yaml')];
      if (by === undefined || modules === undefined) return unfinished('node_modules/.modules.yaml');
      const said = parsedYaml(modules);
      const why = pnpmDifference(lockfile, by, said);
      const folders = linksEach(said) ? pnpmFolders(lockfile) : ['node_modules'];
      const places = async () => [...(await directPlaces(at, folders)), ...pnpmPlaces(said)];
      return { key: `${by}\0${modules}`, why: await unless(why, places) };
    }
    case 'yarn': {
      const [state, integrity] = [
        await read('node_modules/.yarn-state.yml'),
        await read('node_modules/.yarn-integrity'),
      ];
      if (state !== undefined) {
        const why = yarnDifference(lockfile, state);
        return { key: state, why: await unless(why, async () => yarnPlaces(state)) };
      }
      if (integrity === undefined) return unfinished('node_modules/.yarn-state.yml');
      const why = yarnClassicDifference(lockfile, parsed(integrity), `${system.os}-${system.cpu}`);
      // It writes down no places; what the root asks for is always in its own folder.
      return { key: integrity, why: await unless(why, () => directPlaces(at, ['node_modules'])) };
    }
    default:
      return unfinished(tool.folder);
  }
}

const system = { os: process.platform, cpu: process.arch };

function unfinished(file: string): InstalledState {
  return { key: '', why: `${file} is missing there: the last install did not end` };
}
