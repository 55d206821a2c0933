import { usedTools } from '../../../core/uses/usedTools';
import { imageKind } from '../../../core/clusters/imageKinds';
import type { PlainMapping } from '../../../core/proposedFile';
import type { LeftOut } from '../shared/candidate';
import { classifiedProject, type ClassifiedProject } from './classifiedProject';
import { composeProblem } from './composeProblem';
import type { ComposeImport } from './composeImport';
import type { ComposeProject } from './composeProject';
import { imageService, ownService, type ImportContext } from './importService';
import { databaseHosts } from './serviceFacts';
import { serviceFolder } from './serviceFolder';
import { serviceDependencies } from './serviceDependencies';
import { whyOtherLeftOut } from './serviceKeys';
import { usedHere } from './usedHere';

/**
 * What a project of Compose becomes here, and a complete list of what does not.
 *
 * @param isAlone whether nothing but its files says what is run
 */
export function importCompose(project: ComposeProject, context: ImportContext, isAlone: boolean): ComposeImport {
  const found = classifiedProject(
    project,
    isAlone,
    (name, service) => context.known(serviceFolder(service).folder, name) !== undefined,
    (name) => {
      const dockerfile = context.dockerfile(name);
      return dockerfile?.command === undefined ? dockerfile?.base : undefined;
    },
  );
  refuseCycle(found);
  const file = project.files[0] ?? 'compose.yaml';
  const kept = [...found.kept].map((name) =>
    (found.classes.get(name) === 'own' ? ownService : imageService)(name, found, context),
  );
  const unused = [...found.classes.keys()].filter(
    (name) => !found.kept.has(name) && name !== found.database && !found.used.has(name),
  );
  return {
    files: project.files,
    services: kept.map(({ candidate }) => candidate),
    names: new Map([...found.names].map(([name, here]) => [here, name])),
    database: found.database,
    databaseHosts: databaseHosts(found),
    uses: usedHere(found),
    leftOut: [
      ...kept.flatMap(({ leftOut }) => leftOut),
      ...unused.map((name) => ({ file, path: `services.${name}`, reason: whyNot(name, found) })),
      ...[...found.used.keys()].flatMap((name) => ofUsed(file, name, found)),
      ...(found.database === undefined ? [] : ofDatabase(file, found.database, found.service(found.database))),
      ...Object.keys(project.others).map((path) => ({ file, path, reason: whyOtherLeftOut(path) })),
      ...project.unread.map(({ path, reason }) => ({ file, path, reason })),
    ],
  };
}

/** @throws invalidInput where services wait for each other: Compose refuses them as well */
function refuseCycle(found: ClassifiedProject): void {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): void => {
    if (path.includes(name))
      throw composeProblem(
        found.project.files[0] ?? '',
        `services wait for each other: ${[...path.slice(path.indexOf(name)), name].join(', ')}`,
      );
    if (done.has(name) || found.classes.get(name) === 'off') return;
    for (const other of serviceDependencies(found.service(name)).keys()) walk(other, [...path, name]);
    done.add(name);
  };
  for (const name of found.classes.keys()) walk(name, []);
}

const databaseKeys: Readonly<Record<string, string>> = {
  build:
    'Coppice starts PostgreSQL 18 as it is: what the image adds, such as /docker-entrypoint-initdb.d, belongs into database.migrate or seed',
  image: 'Coppice starts PostgreSQL 18, or uses the server of the setting coppice.postgres.url',
  environment: 'each environment has a database, a role and a password of its own, told by DATABASE_URL',
  volumes:
    'data are in the environment’s own database; what /docker-entrypoint-initdb.d runs belongs into database.migrate or seed',
  ports: 'services find the database by DATABASE_URL',
};

function ofDatabase(file: string, database: string, service: PlainMapping): LeftOut[] {
  const reason = (key: string): string => databaseKeys[key] ?? 'the database is made and watched by Coppice';
  return Object.keys(service).map((key) => ({ file, path: `services.${database}.${key}`, reason: reason(key) }));
}

/** An image that is used in another version, or by another name, is not what the file says. */
function ofUsed(file: string, name: string, { used, service }: ClassifiedProject): LeftOut[] {
  const tool = used.get(name);
  if (tool === undefined) return [];
  const { title, container } = usedTools[tool];
  const reasons: Readonly<Record<string, string>> = {
    image: `uses.${name} is the ${title} of this machine, or ${container.image} where containers run`,
    build: `uses.${name} is ${title} as it is: what the image adds, such as /docker-entrypoint-initdb.d, belongs into a service that runs once`,
    ports: 'each environment has a port of its own, which variables tell',
    volumes: 'data are in a folder of the environment, or in a volume of its own',
    environment: `variables tell who may come in, such as ${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`,
  };
  const reason = (key: string): string => reasons[key] ?? `${title} is started and watched by Coppice`;
  return Object.keys(service(name)).map((key) => ({ file, path: `services.${name}.${key}`, reason: reason(key) }));
}

function whyNot(name: string, { classes, image }: ClassifiedProject): string {
  const title = imageKind(image(name))?.title ?? 'it';
  const kind = classes.get(name);
  if (kind === 'off') return 'is in none of the profiles that are on';
  if (kind === 'tests') return 'runs tests: run them in the worktree, against the addresses of its environment';
  if (kind === 'idle') return 'keeps a container running for people to work in: here that is this machine';
  if (kind === 'none') return 'no image of it can be named, and no folder that one is built of';
  if (kind === 'database') return 'an environment has one PostgreSQL database';
  if (kind === 'image')
    return `${image(name)} runs in a container only; on a cluster that runs containers it can be a service with image`;
  if (kind === 'backing' && imageKind(image(name))?.tool !== undefined)
    return 'no service of this file asks for it, and there is PostgreSQL: where it is the one that is meant, write it into uses';
  if (kind === 'tool') return `${title} is no part of an environment`;
  return `${title} is not started by Coppice yet: start one on this machine, and name its address in the env of the services that need it`;
}
