import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { defaultDockerfile, environmentFileAdvice, environmentFileName } from '../../core/environmentFile';
import type {
  BuildSpec,
  FillingSpec,
  EnvironmentFile,
  EnvironmentFileProblem,
  SetupCommand,
} from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import { hasEnvironmentFile } from './hasEnvironmentFile';
import { hashInputs, hashMigrationInputs } from './hashInputs';
import { parseEnvironmentFile } from './parseEnvironmentFile';
import type { ParsedEnvironmentFile } from './parseEnvironmentFile';
import { readVariables } from './readVariables';
import { limits } from './readYaml';
import { setupInputs } from './setupInputs';

/** `coppice.yaml` at a worktree's root. */
export class YamlEnvironmentFiles implements EnvironmentFiles {
  exists(folder: string): Promise<boolean> {
    return hasEnvironmentFile(folder);
  }

  async read(folder: string): Promise<EnvironmentFile> {
    const text = await readText(path.join(folder, environmentFileName));
    const parsed = parseEnvironmentFile(text);
    const problems = parsed.file ? await folderProblems(folder, parsed.file, parsed) : parsed.problems;
    if (problems.length > 0 || !parsed.file) throw invalid(environmentFileName, problems, folder);
    return parsed.file;
  }

  readInputs(folder: string, database: FillingSpec, signal?: AbortSignal): Promise<string | undefined> {
    return hashInputs(folder, database, signal);
  }

  readMigrationInputs(folder: string, database: FillingSpec, signal?: AbortSignal): Promise<string | undefined> {
    return hashMigrationInputs(folder, database, signal);
  }

  readSetupInputs(folder: string, command: SetupCommand, signal?: AbortSignal): Promise<string> {
    return setupInputs(folder, command, signal);
  }

  readVariables(
    folder: string,
    path: string,
    key: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    return readVariables(folder, path, key, signal);
  }

  parse(text: string, name: string): EnvironmentFile {
    const { file, problems } = parseEnvironmentFile(text);
    if (!file) throw invalid(name, problems);
    return file;
  }

  check(text: string): EnvironmentFileProblem[] {
    return [...parseEnvironmentFile(text).problems];
  }
}

/** @param name how the file is called in messages; `folder`: where it is, when it is one that can be opened */
function invalid(name: string, problems: readonly EnvironmentFileProblem[], folder?: string): AppError {
  const lines = problems.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`);
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  const explanation = lines.join('\n');
  const message = `${lines[0] ?? `${name} is not valid`}${more}`;
  if (folder === undefined) return new AppError('invalidInput', message, { explanation });
  const action = {
    kind: 'openFile',
    path: path.join(folder, environmentFileName),
    line: problems[0]?.line ?? 1,
  } as const;
  return new AppError('invalidInput', message, {
    explanation,
    remedy: { title: `Open ${environmentFileName}`, action },
  });
}

/** UTF-8 takes at most 3 bytes for a character that JavaScript counts as one. */
const byteLimit = limits.characters * 3;

/** Reads a bounded amount, and never from a device or a pipe, which might not end. */
async function readText(file: string): Promise<string> {
  const folder = path.dirname(file);
  let content: Buffer;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw wholeFile(folder, 'it is no regular file');
    if (found.size > byteLimit) throw wholeFile(folder, `it has ${found.size} bytes; at most ${byteLimit} are read`);
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(byteLimit);
      const { bytesRead } = await handle.read(buffer, 0, byteLimit, 0);
      content = buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AppError('notConfigured', `There is no ${environmentFileName} in ${folder}`, {
        explanation: environmentFileAdvice,
        cause: error,
      });
    }
    throw new AppError('failed', `${file} cannot be read (${String(code)})`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw wholeFile(folder, 'it is not UTF-8 text');
  }
}

function wholeFile(folder: string, message: string): AppError {
  return invalid(environmentFileName, [{ line: 1, column: 1, message: `the file cannot be read: ${message}` }], folder);
}

/** The folders that the file names must be there, and inside the repository once links are followed. */
async function folderProblems(
  folder: string,
  file: EnvironmentFile,
  parsed: ParsedEnvironmentFile,
): Promise<EnvironmentFileProblem[]> {
  const root = await realpath(folder);
  const folders = [
    ...(file.chart === undefined ? [] : [{ keys: ['chart'], value: file.chart, holds: 'Chart.yaml' }]),
    ...file.services.flatMap(({ name, build, folder: own }) => [
      ...(build === undefined
        ? []
        : [{ keys: ['services', name, 'build'], value: build.context, holds: requiredDockerfile(build) }]),
      ...(own === undefined ? [] : [{ keys: ['services', name, 'folder'], value: own, holds: undefined }]),
    ]),
  ];
  const problems = await Promise.all(
    folders.map(async ({ keys, value, holds }) => {
      const message = await folderProblem(root, value, holds);
      return message === undefined ? [] : [{ ...parsed.position(keys), message: `${keys.join('.')} ${message}` }];
    }),
  );
  return problems.flat().sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Clusters that run no containers need no Dockerfile: only one that the file names must be there. */
function requiredDockerfile({ dockerfile }: BuildSpec): string | undefined {
  return dockerfile === defaultDockerfile ? undefined : dockerfile;
}

async function folderProblem(root: string, value: string, holds: string | undefined): Promise<string | undefined> {
  const shown = JSON.stringify(value);
  let real: string;
  try {
    real = await realpath(path.join(root, value));
    if (!(await stat(real)).isDirectory()) return `must be a folder, ${shown} is none`;
  } catch {
    return `names the folder ${shown}, which does not exist`;
  }
  const relative = path.relative(root, real);
  if (relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) {
    return `must be inside the repository, ${shown} is a link that leads out of it`;
  }
  if (holds !== undefined && !(await stat(path.join(real, holds)).catch(() => undefined))?.isFile()) {
    return `names the folder ${shown}, which has no ${holds}`;
  }
  return undefined;
}
