import { envFilesSecret } from '../../../core/variables/envFilesSecret';
import type { EnvironmentFile, ServiceSpec } from '../../../core/environmentFile';
import { isAppError } from '../../../core/errors';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { worktreePart } from './worktreePart';

/** What the dotenv files of a service say, as far as others may know it. */
export interface FileVariables {
  readonly names: readonly string[];
  /** Another one when a value is another one. */
  readonly revision: string;
}

/**
 * What dotenv files say, kept in a Secret, because that is what people put there: services are told names and where they are kept.
 * Values are compared, and a revision drawn, so that nothing that others may read is made of them.
 */
export const envFilesPart = definePart({
  id: 'env-files',
  after: [worktreePart, namespacePart],
  title: 'Read the env files',
  wanted: ({ file }) => file.services.some(hasFiles),
  async make(run) {
    const { ports, prepared, made, signal } = run;
    const { names, owner } = made(namespacePart).identity;
    const { cluster } = ports;
    const known = (await cluster.readSecret(names.namespace, envFilesSecret, signal)) ?? {};
    const kept: Record<string, string> = {};
    const value = new Map<string, FileVariables>();
    for (const service of prepared.file.services.filter(hasFiles)) {
      const folder = made(worktreePart).worktree.path;
      const said = await fileVariables(ports.environmentFiles, folder, service, signal, prepared.file.examples);
      const variables = Object.entries(said);
      const data = Object.fromEntries(variables.map(([name, text]) => [`${service.name}.${name}`, text]));
      const revision = isSame(data, known, `${service.name}.`) ? known[service.name] : undefined;
      const current: FileVariables = { names: variables.map(([name]) => name), revision: revision ?? ports.newId() };
      // No service's name has a dot in it.
      Object.assign(kept, data, { [service.name]: current.revision });
      value.set(service.name, current);
    }
    if (!isSame(kept, known, '')) await cluster.putSecret(names.namespace, envFilesSecret, kept, owner, signal);
    const count = [...value.values()].reduce((sum, one) => sum + one.names.length, 0);
    return { value, detail: `${count} variables` };
  },
});

function hasFiles({ envFile }: ServiceSpec): boolean {
  return envFile !== undefined && envFile.length > 0;
}

/**
 * What the dotenv files of a service say; of several files the later one counts.
 *
 * @param folder the worktree's
 * @param examples what stands for one that is missing: the main worktree, to which nothing is copied, may have none
 * @throws as readVariables
 */
export async function fileVariables(
  files: Pick<EnvironmentFiles, 'readVariables'>,
  folder: string,
  { name, envFile = [] }: ServiceSpec,
  signal: AbortSignal,
  examples: EnvironmentFile['examples'] = {},
): Promise<Readonly<Record<string, string>>> {
  let all: Readonly<Record<string, string>> = {};
  const read = (file: string) => files.readVariables(folder, file, `services.${name}.envFile`, signal);
  for (const file of envFile) {
    const example = Object.hasOwn(examples, file) ? examples[file] : undefined;
    const said = read(file).catch((error: unknown) => {
      if (example === undefined || !isAppError(error, 'notConfigured')) throw error;
      return read(example);
    });
    all = { ...all, ...(await said) };
  }
  return all;
}

type Data = Readonly<Record<string, string>>;

function isSame(data: Data, known: Data, prefix: string): boolean {
  const names = Object.keys(data);
  const before = Object.keys(known).filter((name) => name.startsWith(prefix));
  return names.length === before.length && names.every((name) => known[name] === data[name]);
}
