import { traitsOf } from '../../../core/clusterTraits';
import { envFilesSecret } from '../../../core/variables/envFilesSecret';
import type { Identity, IdentityParts } from '../../../core/model';
import { imageName } from '../../../core/ports/images';
import { isObject } from '../../../core/records/isObject';
import type { CreatePorts } from '../createPorts';
import { fileVariables, type FileVariables } from '../parts/envFilesPart';
import type { Part } from '../parts/part';
import { planParts } from '../parts/planParts';
import { recordedNames } from '../parts/recordedNames';
import { worktreeValues } from '../parts/worktreeValues';
import type { PreparedCreate } from '../preparedCreate';

/** As Helm keeps them. */
export type PlainValues = Readonly<Record<string, unknown>>;

export interface WantedValues {
  readonly values: PlainValues;
  /** What the record would say of the environment's parts. */
  readonly records: IdentityParts;
  /** Variables of dotenv files whose value is another one than services have, by service. */
  readonly otherValues: ReadonlyMap<string, readonly string[]>;
}

/**
 * What Helm would get with an update, as far as that can be told without making anything. What only making it tells is taken from what
 * runs: the name of an image that is built, how the worktree's folder and the URLs are brought to the cluster, and all of a service that
 * the file uses, which its tool says.
 *
 * @param runs what the release was made with; undefined: there is none
 */
export async function wantedValues(
  ports: CreatePorts,
  parts: readonly Part[],
  prepared: PreparedCreate & { readonly identity: Identity },
  folder: string,
  runs: PlainValues | undefined,
  signal: AbortSignal,
): Promise<WantedValues> {
  const { file, identity, repository, target } = prepared;
  const namespaces = await ports.cluster.listNamespaces(signal);
  const { records } = await planParts({ ports, prepared, parts, signal }, recordedNames(identity), namespaces);
  const running = new Map(servicesOf(runs).map((service) => [service['name'], service]));
  const { variables, otherValues } = await filesOf(ports, prepared, folder, signal);
  const values = worktreeValues(parts, {
    ...{ identity: { ...identity, parts: records }, folder, branch: target.branch, envFiles: variables },
    ...{ file: { ...file, services: file.services.filter(({ uses }) => uses === undefined) } },
    ...{ settings: ports.settings(), mainFolder: repository.root, urlPort: await ports.cluster.urlPort() },
  });
  const own = values.services.map((service) => {
    const build = file.services.find(({ name }) => name === service.name)?.build;
    if (!build || !traitsOf(identity.cluster).runsImages) return service;
    const image = running.get(service.name)?.['image'];
    const isBuilt = typeof image === 'string' && image.includes(imageName(repository.name));
    return { ...service, image: isBuilt ? image : `built of ${build.context}` };
  });
  const used = (file.uses ?? []).map(({ name, tool }) => {
    const before = identity.parts.uses?.services[name];
    const isSame = before?.tool === tool && !before.isGone;
    return (isSame && running.get(name)) || { name, uses: tool };
  });
  const worktree = isObject(runs?.['worktree']) ? runs['worktree'] : {};
  return {
    values: {
      ...values,
      ...carried(runs, ['gateway', 'stripsPrefixes']),
      worktree: { ...values.worktree, ...carried(worktree, ['nodeFolder']) },
      services: [...own, ...used],
    },
    records,
    otherValues,
  };
}

/** The services that values name. */
export function servicesOf(values: PlainValues | undefined): readonly PlainValues[] {
  const services: unknown = values?.['services'];
  return Array.isArray(services) ? services.filter(isObject) : [];
}

function carried(from: PlainValues | undefined, keys: readonly string[]): PlainValues {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([key]) => keys.includes(key)));
}

/** By what the Secret has, that an update would compare with. */
async function filesOf(
  { cluster, environmentFiles }: Pick<CreatePorts, 'cluster' | 'environmentFiles'>,
  { file, identity }: { readonly file: PreparedCreate['file']; readonly identity: Identity },
  folder: string,
  signal: AbortSignal,
): Promise<{ variables: ReadonlyMap<string, FileVariables>; otherValues: ReadonlyMap<string, readonly string[]> }> {
  const variables = new Map<string, FileVariables>();
  const otherValues = new Map<string, readonly string[]>();
  const services = file.services.filter(({ envFile = [] }) => envFile.length > 0);
  if (services.length === 0) return { variables, otherValues };
  const known = (await cluster.readSecret(identity.names.namespace, envFilesSecret, signal)) ?? {};
  for (const service of services) {
    const said = Object.entries(await fileVariables(environmentFiles, folder, service, signal, file.examples));
    const others = said.flatMap(([name, value]) => {
      const before = known[`${service.name}.${name}`];
      return before === undefined || before === value ? [] : [name];
    });
    if (others.length > 0) otherValues.set(service.name, others);
    variables.set(service.name, { names: said.map(([name]) => name), revision: known[service.name] ?? '' });
  }
  return { variables, otherValues };
}
