import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';
import type { YamlTexts } from '../../../core/ports/yamlTexts';
import { folderOf, pathInRepository } from '../shared/paths';
import { canonicalService } from './canonicalService';
import { composeProblem } from './composeProblem';
import type { ComposeProject } from './composeProject';
import { interpolate, unmarked, type LookUp } from './interpolate';
import { mergeFiles, mergeServices, withoutTags } from './mergeCompose';

const notRead =
  'is not read: git does not have it, and what it says may be secret; if it is for everybody, add it (git add) and run init again';

/** No project has more; a chain of files that is longer is a mistake, or means harm. */
const maxFiles = 50;
/** As many are compared with each other. */
const maxServices = 500;
/** What `include` and `extends` repeat counts each time: a few small files could make more of it than ends in a lifetime. */
const maxValues = 400_000;
/** What a file that is included, and a service that is read, cost besides their values. */
const stepValues = 20;

export interface ComposeReader {
  /** undefined: there is none that may be read. */
  read(path: string): Promise<string | undefined>;
  /** Whether git has a file. Any other may be secret, and a proposal is committed: nothing of it is written down. */
  isTracked(path: string): boolean;
  readonly texts: Pick<YamlTexts, 'parse' | 'composeProblem'>;
  /** Values that may be written down where everybody can read them. */
  readonly lookUp: LookUp;
  readonly profiles: readonly string[];
}

/**
 * Reads compose files as Compose does: each is interpolated and held against its specification, `extends` and `include` are followed, and
 * a later file goes over an earlier one.
 *
 * @param paths the file that Compose begins with, and those that go over it
 * @throws invalidInput in one line
 */
export async function loadCompose(paths: readonly string[], reader: ComposeReader): Promise<ComposeProject> {
  const loading = new Loading(reader);
  const [first = ''] = paths;
  const { services, ...others } = await loading.project(paths, folderOf(first), []);
  const known = isPlainMapping(services) ? Object.entries(services) : [];
  if (known.length > maxServices) throw composeProblem(first, `has more than ${maxServices} services`);
  return {
    files: [...loading.read],
    services: new Map(known.flatMap(([name, service]) => (isPlainMapping(service) ? [[name, service] as const] : []))),
    others,
    profiles: reader.profiles,
    unread: loading.unread,
  };
}

class Loading {
  readonly read = new Set<string>();
  readonly unread: { path: string; reason: string }[] = [];
  readonly #reader: ComposeReader;
  readonly #files = new Map<string, PlainMapping>();
  #left = maxValues;

  constructor(reader: ComposeReader) {
    this.#reader = reader;
  }

  /** @param above files that include this one */
  async project(paths: readonly string[], folder: string, above: readonly string[]): Promise<PlainMapping> {
    let result: PlainMapping = {};
    for (const path of paths) {
      if (above.includes(path)) throw composeProblem(path, 'includes itself');
      this.#count(path, result);
      if (await this.#isPrivate(path, path)) continue;
      const { include, ...file } = await this.#file(path, true);
      const included = include === undefined ? {} : await this.#included(include, path, folder, [...above, ...paths]);
      const services: Record<string, PlainValue> = {};
      for (const [name, service] of Object.entries(isPlainMapping(file['services']) ? file['services'] : {})) {
        services[name] = isPlainMapping(service) ? await this.#extended(path, folder, name, service, []) : service;
      }
      result = mergeFiles(mergeFiles(result, included), { ...file, services });
    }
    return result;
  }

  /** @param as what names it. Notes that it is not read, where git does not have it; one that is not there is no such file. */
  async #isPrivate(path: string, as: string): Promise<boolean> {
    if (this.#reader.isTracked(path) || (await this.#reader.read(path)) === undefined) return false;
    if (!this.unread.some((each) => each.path === as)) this.unread.push({ path: as, reason: notRead });
    return true;
  }

  /** @param isWhole whether all of it counts: of a file that others take a service from, only that one does */
  async #file(path: string, isWhole: boolean): Promise<PlainMapping> {
    const known = this.#files.get(path);
    if (known) return known;
    if (this.#files.size >= maxFiles) throw composeProblem(path, `more than ${maxFiles} compose files belong together`);
    const text = await this.#reader.read(path);
    if (text === undefined) throw composeProblem(path, 'there is no such file in the repository that can be read');
    const parsed = this.#reader.texts.parse(text, path) ?? {};
    if (!isPlainMapping(parsed)) throw composeProblem(path, 'is no mapping; Compose expects "services:"');
    let file: PlainValue;
    try {
      file = interpolate(parsed, this.#reader.lookUp);
    } catch (error) {
      if (error instanceof RangeError) throw composeProblem(path, error.message);
      throw error;
    }
    const problem = isWhole ? this.#reader.texts.composeProblem(unmarked(withoutTags(file) ?? {})) : undefined;
    if (problem !== undefined) throw composeProblem(path, problem);
    if (!isPlainMapping(file)) throw composeProblem(path, 'is no mapping; Compose expects "services:"');
    this.#files.set(path, file);
    this.read.add(path);
    return file;
  }

  async #included(include: PlainValue, file: string, folder: string, above: readonly string[]): Promise<PlainMapping> {
    let result: PlainMapping = {};
    for (const entry of isPlainList(include) ? include : []) {
      const written = isPlainMapping(entry) ? entry['path'] : entry;
      const paths = (isPlainList(written) ? written : [written]).map(String);
      const inside = paths.map((path) => pathInRepository(folder, path));
      const [first] = inside;
      if (first === undefined || inside.includes(undefined)) {
        this.unread.push({
          path: `include ${paths.join(', ')}`,
          reason: `${file} includes it from outside of the repository`,
        });
        continue;
      }
      if (isPlainMapping(entry) && entry['env_file'] !== undefined)
        this.unread.push({
          path: 'include.env_file',
          reason: 'values of variables are those of .env and .env.example beside the first file',
        });
      const given = isPlainMapping(entry) ? entry['project_directory'] : undefined;
      const own = typeof given === 'string' ? (pathInRepository(folder, given) ?? folderOf(first)) : folderOf(first);
      result = mergeFiles(
        result,
        await this.project(
          inside.filter((path) => path !== undefined),
          own,
          above,
        ),
      );
    }
    return result;
  }

  async #extended(
    file: string,
    folder: string,
    name: string,
    service: PlainMapping,
    chain: readonly string[],
  ): Promise<PlainMapping> {
    this.#count(file, service, chain.length);
    const { extends: base, ...rest } = service;
    const own = canonicalService(rest, folder);
    if (base === undefined || base === null) return own;
    const from = typeof base === 'string' ? base : isPlainMapping(base) ? plainText(base['service']) : name;
    const other = isPlainMapping(base) && typeof base['file'] === 'string' ? base['file'] : undefined;
    const path = other === undefined ? file : pathInRepository(folder, other);
    const link = `${path ?? other ?? ''}#${from}`;
    if (chain.includes(link)) throw composeProblem(file, `services.${name} extends itself`);
    if (path === undefined) {
      const reason = `${file} takes services.${name} from a file outside of the repository`;
      this.unread.push({ path: `extends ${other ?? ''}`, reason });
      return own;
    }
    if (path !== file && (await this.#isPrivate(path, `extends ${path}`))) return own;
    const { services } = await this.#file(path, path === file);
    const found = isPlainMapping(services) ? services[from] : undefined;
    if (!isPlainMapping(found))
      throw composeProblem(file, `services.${name} extends ${JSON.stringify(from)}, which ${path} does not have`);
    const place = other === undefined ? folder : folderOf(path);
    const under = await this.#extended(path, place, from, found, [...chain, link]);
    this.#count(file, under);
    return mergeServices(under, own);
  }

  #count(file: string, value: PlainValue, more = 0): void {
    this.#left -= stepValues + more + valuesIn(value);
    if (this.#left < 0) throw composeProblem(file, 'repeats more by "include" and "extends" than is read');
  }
}

function valuesIn(value: PlainValue): number {
  if (isPlainList(value)) return value.reduce<number>((sum, each) => sum + valuesIn(each), 1);
  return isPlainMapping(value) ? valuesIn(Object.values(value)) : 1;
}
