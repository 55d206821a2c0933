import {
  environmentFileName,
  type DatabaseSpec,
  type EnvironmentFile,
  type EnvironmentFileProblem,
  type SetupCommand,
} from '../../../src/core/environmentFile';
import { AppError } from '../../../src/core/errors';
import type { EnvironmentFiles } from '../../../src/core/ports/environmentFiles';

/** What a text does not say. */
const empty = { copy: [], patch: {}, setup: [], teardown: [] };

/** Environment files whose text is the model as JSON; any other text is a broken file. */
export class FakeEnvironmentFiles implements EnvironmentFiles {
  /** @param textIn the file's text in a folder; undefined: it has none */
  constructor(private readonly textIn: (folder: string) => string | undefined) {}

  /** What the database's commands read, by folder. */
  readonly inputs = new Map<string, string>();

  async readInputs(folder: string, _database: DatabaseSpec, signal?: AbortSignal): Promise<string | undefined> {
    signal?.throwIfAborted();
    return this.inputs.get(folder);
  }

  /** What `migrate` alone reads, by folder; what is not there is as the database's commands together read it. */
  readonly migrationInputs = new Map<string, string>();

  async readMigrationInputs(folder: string, database: DatabaseSpec, signal?: AbortSignal): Promise<string | undefined> {
    return this.migrationInputs.get(folder) ?? this.readInputs(folder, database, signal);
  }

  /** What setup commands read, by folder and the command's first words. */
  readonly setupInputs = new Map<string, string>();

  async readSetupInputs(folder: string, { command }: SetupCommand, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    return this.setupInputs.get(`${folder} ${command.join(' ')}`) ?? '';
  }

  /** Dotenv files by `folder/path`, understood. */
  readonly variables = new Map<string, Readonly<Record<string, string>>>();

  async readVariables(
    folder: string,
    path: string,
    key: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    signal?.throwIfAborted();
    const found = this.variables.get(`${folder}/${path}`);
    if (found) return Promise.resolve(found);
    throw new AppError('notConfigured', `${environmentFileName}: ${key} names "${path}", which is not in ${folder}.`);
  }

  async exists(folder: string): Promise<boolean> {
    return this.textIn(folder) !== undefined;
  }

  async read(folder: string): Promise<EnvironmentFile> {
    const text = this.textIn(folder);
    if (text === undefined) throw new AppError('notConfigured', `There is no ${environmentFileName} in ${folder}`);
    return this.parse(text, environmentFileName);
  }

  parse(text: string, name: string): EnvironmentFile {
    const [problem] = this.check(text);
    if (problem) {
      const line = `${name}:${problem.line}:${problem.column}: ${problem.message}`;
      throw new AppError('invalidInput', line, { explanation: line });
    }
    return { ...empty, ...(JSON.parse(text) as EnvironmentFile) };
  }

  check(text: string): EnvironmentFileProblem[] {
    try {
      JSON.parse(text);
      return [];
    } catch {
      return [{ line: 1, column: 1, message: 'the text is no JSON' }];
    }
  }
}

/** A command of `setup` or `teardown` that says nothing else. */
export function command(...argv: readonly string[]): SetupCommand {
  return { command: argv, env: {}, timeout: undefined, inputs: undefined };
}

/** A model with defaults, as a fake file's text. */
export function environmentFileText(
  services: readonly string[],
  database?: Omit<DatabaseSpec, 'inputs'> & { readonly inputs?: DatabaseSpec['inputs'] },
  more: Partial<EnvironmentFile> = {},
): string {
  const file: EnvironmentFile = {
    version: 1,
    services: services.map((name, index) => ({
      name,
      image: 'node:24',
      build: undefined,
      mount: true,
      command: ['node', `${name}.js`],
      port: 3000 + index,
      routes: index === 0 ? ['/'] : [`/${name}`],
      env: {},
      health: undefined,
      replicas: 1,
      dependsOn: {},
      once: false,
    })),
    database: database && { inputs: undefined, ...database },
    chart: undefined,
    ...empty,
    ...more,
  };
  return JSON.stringify(file);
}
