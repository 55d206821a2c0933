import type {
  BuildSpec,
  DatabaseSpec,
  EnvironmentFile,
  EnvironmentFileProblem,
  ServiceSpec,
  SetupCommand,
  UsedSpec,
} from '../../core/environmentFile';
import { dependencyProblems } from '../../core/dependencyProblems';
import { databaseFormProblem } from '../../core/databases/databaseEnvironment';
import { defaultDockerfile } from '../../core/environmentFile';
import { parseCommand } from '../../core/text/parseCommand';
import { usesProblems } from '../../core/uses/usesProblems';
import { limits, pointerOf, quote, readYaml } from './readYaml';
import type { Position, Value } from './readYaml';
import { ClaimedRoutes } from './claimedRoutes';
import { commandList, type PieceReaders } from './commandList';
import { copiedFiles } from './copiedFiles';
import { nearest } from './nearest';
import { givenText, isMapping, type Mapping, type TellProblem } from './values';
import { readDependencies } from './readDependencies';
import { readFilling, usedSpecs } from './readUses';
import { keyName, schemaProblems } from './schemaProblems';

/** The text of an environment file, understood; where it has problems, `file` is undefined. Never throws. */
export interface ParsedEnvironmentFile {
  readonly file: EnvironmentFile | undefined;
  /** In the order of the text, at most 100. */
  readonly problems: readonly EnvironmentFileProblem[];
  /** Where the value at a path stands in the text. */
  position(path: readonly string[]): Position;
}

export function parseEnvironmentFile(text: string): ParsedEnvironmentFile {
  const yaml = readYaml(text);
  const position = (path: readonly string[]): Position => yaml.position(pointerOf(path), 'value');
  const { value } = yaml;
  if (value === undefined) return { file: undefined, problems: inOrder(yaml.problems), position };
  if (!isMapping(value)) {
    const what = value === null ? 'the file is empty' : 'the file is no mapping';
    const problem = { ...yaml.position('', 'value'), message: `${what}; expected "version: 1" and "services:"` };
    return { file: undefined, problems: [problem], position };
  }
  const found = schemaProblems(yaml);
  const reading = new Reading(
    value,
    (pointer) => yaml.source(pointer),
    (pointer, message, fix) => {
      const problem = { ...yaml.position(pointer, 'value'), message: `${keyName(pointer)} ${message}` };
      found.push({ ...problem, ...(fix === undefined ? {} : { fix }) });
    },
  );
  const file = reading.file();
  return { file: found.length === 0 ? file : undefined, problems: inOrder(found), position };
}

function inOrder(problems: readonly EnvironmentFileProblem[]): EnvironmentFileProblem[] {
  const once = new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, limits.problems);
}

/** Names that PostgreSQL or Coppice itself uses. */
const reservedDatabase = /^(?:pg_.*|postgres|template[01]|wt_.*|coppice_.*)$/;

const inRepository = 'a file, a folder or a pattern inside the repository, relative to this file';

/**
 * Builds the model from a value that the schema was asked about, and finds what a schema cannot say. Parts of a wrong
 * shape are passed over: the schema has reported them.
 */
class Reading {
  readonly #root: Mapping;
  readonly #source: (pointer: string) => string | undefined;
  readonly #problem: TellProblem;
  readonly #routes: ClaimedRoutes;

  constructor(root: Mapping, source: (pointer: string) => string | undefined, problem: TellProblem) {
    this.#root = root;
    this.#source = source;
    this.#problem = problem;
    this.#routes = new ClaimedRoutes(problem);
  }

  file(): EnvironmentFile {
    const services = this.#root['services'];
    const database = this.#root['database'];
    const uses = usedSpecs(this.#root['uses'], this.#pieces);
    const file = {
      services: isMapping(services) ? this.#services(services, uses) : [],
      database: isMapping(database) ? this.#database(database) : undefined,
    };
    for (const { name, message } of usesProblems(uses, file)) this.#problem(pointerOf(['uses', name]), message);
    return {
      version: 1,
      ...file,
      chart: this.#path(this.#root['chart'], ['chart']),
      ...this.#copied(this.#root['copy']),
      patch: this.#patch(this.#root['patch']),
      setup: this.#commands('setup'),
      teardown: this.#commands('teardown'),
      ...(this.#root['dependencies'] === false ? { dependencies: false } : {}),
      ...(this.#root['temporal'] === true ? { temporal: true } : {}),
      ...(uses.length === 0 ? {} : { uses }),
    };
  }

  #copied(value: Value | undefined): Pick<EnvironmentFile, 'copy' | 'examples'> {
    return copiedFiles(
      value,
      (each, path) => this.#path(each, path, inRepository),
      (path, message) => this.#problem(pointerOf(path), message),
    );
  }

  #patch(value: Value | undefined): EnvironmentFile['patch'] {
    if (!isMapping(value)) return {};
    const files = Object.entries(value).map(([name, variables]) => {
      const path = this.#path(name, ['patch', name], 'a file inside the repository, relative to this file');
      return [path ?? name, this.#texts(variables, ['patch', name])] as const;
    });
    return Object.fromEntries(files);
  }

  #commands(key: 'setup' | 'teardown'): readonly SetupCommand[] {
    return commandList(this.#root[key], [key], this.#pieces);
  }

  get #pieces(): PieceReaders {
    return {
      command: (value, path) => this.#command(value, path),
      texts: (value, path) => this.#texts(value, path),
      inputs: (value, path) => this.#inputs(value, path),
    };
  }

  #services(value: Mapping, uses: readonly UsedSpec[]): ServiceSpec[] {
    const mappings = Object.entries(value).flatMap(([name, each]) => (isMapping(each) ? [{ name, each }] : []));
    const once = new Set(mappings.filter(({ each }) => each['once'] === true).map(({ name }) => name));
    const services = mappings.map(({ name, each }) => this.#service(name, each, once));
    const awaited = [...services, ...uses.map(asAwaited)];
    const names = awaited.map(({ name }) => name);
    for (const { service, dependency, message } of dependencyProblems(awaited)) {
      const list = mappings.find(({ name }) => name === service)?.each['dependsOn'];
      const isList = Array.isArray(list);
      const others = names.filter((name) => name !== service);
      // Of a mapping what is marked is the condition.
      const near = isList && !names.includes(dependency) ? nearest(dependency, others) : undefined;
      const at = isList ? list.indexOf(dependency) : dependency;
      this.#problem(pointerOf(['services', service, 'dependsOn', at]), message, near);
    }
    return services;
  }

  /** @param onceServices those that run to their end */
  #service(name: string, value: Mapping, onceServices: ReadonlySet<string>): ServiceSpec {
    const path = ['services', name];
    const image = givenText(value['image']);
    const build = this.#build(value['build'], [...path, 'build']);
    return {
      name,
      image,
      build,
      mount: typeof value['mount'] === 'boolean' ? value['mount'] : image === undefined && build === undefined,
      ...this.#folder(value['folder'], [...path, 'folder']),
      command: this.#command(value['command'], [...path, 'command']),
      port: typeof value['port'] === 'number' ? value['port'] : undefined,
      ...this.#routes.of(name, value),
      env: this.#texts(value['env'], [...path, 'env']),
      ...this.#envFiles(value['envFile'], [...path, 'envFile']),
      health: givenText(value['health']),
      ...(value['ready'] === undefined ? {} : { ready: this.#command(value['ready'], [...path, 'ready']) }),
      replicas: typeof value['replicas'] === 'number' ? value['replicas'] : 1,
      ...(value['stdin'] === true ? { stdin: true } : {}),
      dependsOn: readDependencies(value['dependsOn'], onceServices),
      once: value['once'] === true,
    };
  }

  #folder(value: Value | undefined, path: readonly string[]): Pick<ServiceSpec, 'folder'> {
    const folder = this.#path(value, path);
    return folder === undefined || folder === '.' ? {} : { folder };
  }

  #envFiles(value: Value | undefined, path: readonly string[]): Pick<ServiceSpec, 'envFile'> {
    if (!Array.isArray(value)) return {};
    const expected = 'a file inside the repository, relative to this file';
    return { envFile: value.flatMap((each, index) => this.#path(each, [...path, String(index)], expected) ?? []) };
  }

  /** A folder alone is a build of it with its `Dockerfile`. */
  #build(value: Value | undefined, path: readonly string[]): BuildSpec | undefined {
    if (!isMapping(value)) {
      const context = this.#path(value, path);
      return context === undefined
        ? undefined
        : { context, dockerfile: defaultDockerfile, target: undefined, args: {} };
    }
    return {
      context: this.#path(value['context'], [...path, 'context']) ?? '.',
      dockerfile:
        this.#path(value['dockerfile'], [...path, 'dockerfile'], 'a file inside the context') ?? defaultDockerfile,
      target: givenText(value['target']),
      args: this.#texts(value['args'], [...path, 'args']),
    };
  }

  /** Names with text; a number or true/false is the text as it is written. */
  #texts(value: Value | undefined, path: readonly string[]): Record<string, string> {
    if (!isMapping(value)) return {};
    const entries = Object.entries(value).flatMap(([name, content]): [string, string][] => {
      // Records are ordinary objects everywhere else.
      if (name === '__proto__') this.#problem(pointerOf([...path, name]), 'is not allowed as a name');
      if (typeof content === 'string') return [[name, content]];
      if (typeof content !== 'number' && typeof content !== 'boolean') return [];
      return [[name, this.#source(pointerOf([...path, name])) ?? String(content)]];
    });
    return Object.fromEntries(entries);
  }

  #command(value: Value | undefined, path: readonly string[]): readonly string[] | undefined {
    if (Array.isArray(value)) {
      const argv = value.filter((argument) => typeof argument === 'string');
      if (argv[0]?.trim() === '')
        this.#problem(pointerOf([...path, 0]), 'must be the name of a program, found only spaces');
      return argv;
    }
    if (typeof value !== 'string' || value === '') return undefined;
    const parsed = parseCommand(value);
    if (!('problem' in parsed)) return parsed;
    this.#problem(pointerOf(path), parsed.problem);
    return undefined;
  }

  #database(value: Mapping): DatabaseSpec {
    const template = givenText(value['template']) ?? '';
    if (reservedDatabase.test(template)) {
      this.#problem(
        '/database/template',
        `must not be ${quote(template)}: PostgreSQL or Coppice itself uses such names`,
      );
    }
    const url = givenText(value['url']);
    const problem = url === undefined ? undefined : databaseFormProblem(url);
    if (problem !== undefined) this.#problem('/database/url', problem);
    return {
      template,
      ...(url === undefined ? {} : { url }),
      ...readFilling(value, ['database'], this.#pieces),
    };
  }

  #inputs(value: Value | undefined, at: readonly string[]): readonly string[] | undefined {
    if (!Array.isArray(value)) return undefined;
    return value.flatMap((input, index) => {
      const path = this.#path(input, [...at, String(index)], inRepository);
      return path === undefined ? [] : [path];
    });
  }

  /** A path inside the repository, with `/` between its parts and nothing superfluous. */
  #path(
    value: Value | undefined,
    path: readonly string[],
    expected = 'a folder inside the repository, relative to this file',
  ): string | undefined {
    if (typeof value !== 'string' || value === '') return undefined;
    const parts = value.split('/').filter((part) => part !== '' && part !== '.');
    const isAbsolute = /^(?:[/\\~]|[A-Za-z]:)/.test(value);
    if (isAbsolute || parts.includes('..')) {
      this.#problem(pointerOf(path), `must be ${expected}, found ${quote(value)}`);
    } else if (/[\\\n\r\t]/.test(value)) {
      this.#problem(pointerOf(path), `must be a path with / between its parts, found ${quote(value)}`);
    }
    return parts.join('/') || '.';
  }
}

/** What is used can be waited for like a service. */
function asAwaited({ name }: UsedSpec): Pick<ServiceSpec, 'name' | 'dependsOn' | 'once' | 'replicas'> {
  return { name, dependsOn: {}, once: false, replicas: 1 };
}
