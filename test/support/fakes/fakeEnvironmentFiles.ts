import {
  environmentFileName,
  type DatabaseSpec,
  type EnvironmentFile,
  type EnvironmentFileProblem,
} from '../../../src/core/environmentFile';
import { AppError } from '../../../src/core/errors';
import type { EnvironmentFiles } from '../../../src/core/ports/environmentFiles';

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
    return JSON.parse(text) as EnvironmentFile;
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

/** A model with defaults, as a fake file's text. */
export function environmentFileText(
  services: readonly string[],
  database?: Omit<DatabaseSpec, 'inputs'> & { readonly inputs?: DatabaseSpec['inputs'] },
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
    })),
    database: database && { inputs: undefined, ...database },
    chart: undefined,
  };
  return JSON.stringify(file);
}
