import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../../core/proposedFile';
import type { ClassifiedProject } from './classifiedProject';
import type { EnvironmentContext } from './composeEnvironment';
import { databaseHosts } from './serviceFacts';
import { usedHere } from './usedHere';

/**
 * What addresses of one service may lead to.
 *
 * @param port on which it answers
 */
export function environmentContext(
  found: ClassifiedProject,
  reserved: ReadonlySet<string>,
  port: number | undefined,
): EnvironmentContext {
  const isHere = (name: string): boolean => found.kept.has(name) || found.used.has(name);
  return {
    reserved,
    databaseHosts: databaseHosts(found),
    places: [...found.project.services.values()].flatMap(placesOf),
    port,
    own: new Map([...found.names].filter(([name]) => isHere(name))),
    others: new Set([...found.names.keys()].filter((name) => !isHere(name) && name !== found.database)),
    published: publishedPorts(found),
    used: usedHere(found),
  };
}

/** Where volumes are in its container, and where its program is started; services of one image share that. */
function placesOf({ volumes, working_dir: workingFolder }: PlainMapping): string[] {
  const targets = (isPlainList(volumes) ? volumes : []).map((mount) => (isPlainMapping(mount) ? mount['target'] : ''));
  return [...targets, workingFolder]
    .map((place) => plainText(place ?? '').replace(/(?<!\/)\/+$/, ''))
    .filter((place) => place.startsWith('/'));
}

/** Which service the ports of this machine lead to. */
function publishedPorts(found: ClassifiedProject): Map<string, string> {
  const result = new Map<string, string>();
  for (const name of found.of('own')) {
    const { ports } = found.service(name);
    for (const port of isPlainList(ports) ? ports : [])
      if (isPlainMapping(port) && port['published'] !== undefined) result.set(plainText(port['published']), name);
  }
  return result;
}
