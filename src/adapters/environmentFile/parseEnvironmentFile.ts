import type {
  BuildSpec,
  DatabaseSpec,
  EnvironmentFile,
  EnvironmentFileProblem,
  ServiceSpec,
} from '../../core/environmentFile';
import { defaultDockerfile } from '../../core/environmentFile';
import { parseCommand } from '../../core/parseCommand';
import { limits, pointerOf, quote, readYaml } from './readYaml';
import type { Position, Value } from './readYaml';
import { nameOf, schemaProblems } from './schemaProblems';

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
    (pointer, message) => {
      found.push({ ...yaml.position(pointer, 'value'), message: `${nameOf(pointer)} ${message}` });
    },
  );
  const file = reading.file();
  return { file: found.length === 0 ? file : undefined, problems: inOrder(found), position };
}

function inOrder(problems: readonly EnvironmentFileProblem[]): EnvironmentFileProblem[] {
  const once = new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, limits.problems);
}

type Mapping = { readonly [key: string]: Value };

function isMapping(value: Value | undefined): value is Mapping & { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names that PostgreSQL or Coppice itself uses. */
const reservedDatabase = /^(?:pg_.*|postgres|template[01]|wt_.*|coppice_.*)$/;

/**
 * Builds the model from a value that the schema was asked about, and finds what a schema cannot say. Parts of a wrong
 * shape are passed over: the schema has reported them.
 */
class Reading {
  readonly #root: Mapping;
  readonly #source: (pointer: string) => string | undefined;
  readonly #problem: (pointer: string, message: string) => void;
  readonly #routes = new Map<string, string>();

  constructor(
    root: Mapping,
    source: (pointer: string) => string | undefined,
    problem: (pointer: string, message: string) => void,
  ) {
    this.#root = root;
    this.#source = source;
    this.#problem = problem;
  }

  file(): EnvironmentFile {
    const services = this.#root['services'];
    const database = this.#root['database'];
    return {
      version: 1,
      services: isMapping(services)
        ? Object.entries(services).flatMap(([name, value]) => (isMapping(value) ? [this.#service(name, value)] : []))
        : [],
      database: isMapping(database) ? this.#database(database) : undefined,
      chart: this.#path(this.#root['chart'], ['chart']),
    };
  }

  #service(name: string, value: Mapping): ServiceSpec {
    const path = ['services', name];
    const image = text(value['image']);
    const build = this.#build(value['build'], [...path, 'build']);
    return {
      name,
      image,
      build,
      mount: typeof value['mount'] === 'boolean' ? value['mount'] : image === undefined && build === undefined,
      command: this.#command(value['command'], [...path, 'command']),
      port: typeof value['port'] === 'number' ? value['port'] : undefined,
      routes: this.#routesOf(name, value['routes']),
      env: this.#texts(value['env'], [...path, 'env']),
      health: text(value['health']),
      replicas: typeof value['replicas'] === 'number' ? value['replicas'] : 1,
    };
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
      target: text(value['target']),
      args: this.#texts(value['args'], [...path, 'args']),
    };
  }

  #routesOf(service: string, value: Value | undefined): string[] {
    if (!Array.isArray(value)) return [];
    return value
      .filter((route) => typeof route === 'string')
      .map((route, index) => {
        const pointer = pointerOf(['services', service, 'routes', index]);
        const parts = route.split('/');
        if (parts.includes('.') || parts.includes('..')) this.#problem(pointer, 'must have no "." and no ".." in it');
        // "/api" and "/api/" lead to one place.
        const plain = route === '/' ? route : route.replace(/\/$/, '');
        const other = this.#routes.get(plain);
        if (other === undefined) this.#routes.set(plain, service);
        else if (other !== service) this.#problem(pointer, `${quote(route)} is already a route of ${other}`);
        return plain;
      });
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
    const template = text(value['template']) ?? '';
    if (reservedDatabase.test(template)) {
      this.#problem(
        '/database/template',
        `must not be ${quote(template)}: PostgreSQL or Coppice itself uses such names`,
      );
    }
    return {
      template,
      migrate: this.#command(value['migrate'], ['database', 'migrate']),
      seed: this.#command(value['seed'], ['database', 'seed']),
      inputs: this.#inputs(value['inputs']),
    };
  }

  #inputs(value: Value | undefined): readonly string[] | undefined {
    if (!Array.isArray(value)) return undefined;
    const expected = 'a file, a folder or a pattern inside the repository, relative to this file';
    return value.flatMap((input, index) => {
      const path = this.#path(input, ['database', 'inputs', String(index)], expected);
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

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
