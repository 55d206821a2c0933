import { AppError } from '../../../core/errors';
import type { DeploymentFacts } from '../../../core/facts';
import { isPrepared } from '../../../core/services/heldServices';
import type { Identity, IdentityParts } from '../../../core/model';
import { isObject } from '../../../core/records/isObject';
import { migrateLine, migrationRecipe, recipeIn } from '../../databases/template';
import type { UseCase } from '../../run/run';
import { environmentLock } from '../../run/withLock';
import { worktreeAt } from '../../worktrees/worktreeAt';
import { setupCommandId } from '../commands/runSetup';
import { prepareCreate } from '../create/prepareCreate';
import type { CreatePorts } from '../createPorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import type { PreparedCreate } from '../preparedCreate';
import { compareValues } from './compareValues';
import { shownValues } from './shownValues';
import type { UpdateChange } from './updateChange';
import { servicesOf, wantedValues, type PlainValues } from './wantedValues';
import { yamlLines } from './yamlLines';

/** What an update of an environment would change. */
export interface UpdateChanges {
  /** None: what runs is what coppice.yaml says. */
  readonly changes: readonly UpdateChange[];
  /** What the environment was made from, and what it would be made from, as YAML that a person compares. Nothing secret is in it. */
  readonly before: string;
  readonly after: string;
}

interface InWorktree {
  /** Any folder in it. */
  readonly folder: string;
}

/**
 * Compares what Helm has been given for an environment with what it would be given now, and what runs beside it with what has run. Starts
 * and changes nothing. What images are built of, the templates of a chart and dependencies are not compared.
 *
 * @returns undefined: the worktree has no environment that is made, or its create was cut off before anything of it ran
 * @throws unreachable when its cluster does not run; what an update would refuse
 */
export function updateChanges(
  ports: CreatePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<InWorktree, UpdateChanges | undefined> {
  return async ({ folder }, { signal }) => {
    const { worktree, repository } = await worktreeAt(ports, folder, signal);
    const { path } = worktree;
    const request = { folder: path, target: { kind: 'worktree', path } } as const;
    const prepared = await prepareCreate(ports, parts, request, repository, signal);
    const { identity, target } = prepared;
    if (!identity) return undefined;
    const access = await ports.cluster.probe(signal);
    if (!access)
      throw new AppError(
        'unreachable',
        `What an update would change is told by what runs, and the cluster of ${target.branch} does not run now.`,
      );
    const { release, namespace } = identity.names;
    const [released, facts] = await Promise.all([
      ports.releases.values(release, namespace, access, signal).then(withoutHold),
      ports.cluster.read(identity.owner.repositoryId, signal),
    ]);
    const found = facts.find((each) => each.namespace === namespace);
    const isUnstarted = found !== undefined && found.deployments.length > 0 && isPrepared(found);
    if (identity.state === 'creating' && (!released || isUnstarted)) return undefined;
    const made = { ...prepared, identity };
    const wanted = await wantedValues(ports, parts, made, path, released, signal);
    const runs = asScaled(released, found?.deployments ?? []);
    const { values, records, otherValues } = wanted;
    const besides = await Promise.all([
      migrations(ports, made, path, signal),
      setup(ports, prepared, worktree, signal),
    ]);
    const isOther = (service: string, variable: string): boolean =>
      otherValues.get(service)?.includes(variable) === true ||
      variableOf(runs, service, variable) !== variableOf(values, service, variable);
    return {
      changes: [
        ...(await unfinished(ports, identity)),
        ...besides.flat(),
        ...recordChanges(identity.parts, records, prepared),
        ...compareValues(runs, values, otherValues),
      ],
      before: yamlLines(shownValues(inOrderOf(values, runs))),
      after: yamlLines(shownValues(values, isOther)),
    };
  };
}

/** A new environment's services were held until its files were there; that says nothing of what they are. */
function withoutHold(values: PlainValues | undefined): PlainValues | undefined {
  if (!values) return undefined;
  const { held: _held, ...others } = values;
  return others;
}

/** Helm may have been given what nothing runs of yet: what is compared is not all, then. */
async function unfinished({ locks }: CreatePorts, { state, owner }: Identity): Promise<readonly UpdateChange[]> {
  if (state === 'created') return [];
  const isAtWork = await locks.isHeld(environmentLock(owner));
  const details = [isAtWork ? 'is at work now' : 'did not finish, so that all its steps are done again'];
  return [{ of: 'part', name: 'the last update', kind: 'changed', details }];
}

/** An update gives each service as many pods as the file says, whatever was scaled or sleeps since. */
function asScaled(values: PlainValues | undefined, deployments: readonly DeploymentFacts[]): PlainValues | undefined {
  if (!values) return undefined;
  const services = servicesOf(values).map((service) => {
    const found = deployments.find((each) => each.service === service['name']);
    const isScaled = found?.wanted !== undefined && !found.once && found.desired !== found.wanted;
    return isScaled ? { ...service, replicas: found.desired } : service;
  });
  return { ...values, services };
}

/** The database has what its migrations made, as long as nothing of these has changed. */
async function migrations(
  ports: CreatePorts,
  { file, identity, repository }: PreparedCreate & { readonly identity: Identity },
  folder: string,
  signal: AbortSignal,
): Promise<readonly UpdateChange[]> {
  const spec = file.database;
  const record = identity.parts.database;
  if (spec?.migrate === undefined || !record) return [];
  const [recipe, { migrates }] = await Promise.all([
    recipeIn(ports, folder, spec, signal),
    migrationRecipe(ports, folder, spec, signal),
  ]);
  const ages = await ports.databases.ages(
    { name: spec.template, repositoryId: repository.id, recipe },
    { database: record.database, owner: identity.owner, recipe, migrates },
    signal,
  );
  if (ages?.database !== 'older') return [];
  const details = [`migrations changed: ${migrateLine(spec)} runs where it adds something`];
  return [{ of: 'part', name: 'database', kind: 'changed', details }];
}

/** Once one runs, all after it do. */
async function setup(
  ports: CreatePorts,
  { file }: PreparedCreate,
  worktree: Parameters<CreatePorts['setups']['read']>[0],
  signal: AbortSignal,
): Promise<readonly UpdateChange[]> {
  if (file.setup.length === 0) return [];
  const ran = await ports.setups.read(worktree);
  for (const [index, command] of file.setup.entries()) {
    const known = ran.find((each) => each.command === setupCommandId(ports.sha256, command));
    if (known && known.inputs === (await ports.environmentFiles.readSetupInputs(worktree.path, command, signal)))
      continue;
    const details = file.setup.slice(index).map((each) => `${each.command.join(' ')} runs`);
    return [{ of: 'part', name: 'setup', kind: 'changed', details }];
  }
  return [];
}

/** What is no value of Helm's. */
function recordChanges(before: IdentityParts, after: IdentityParts, { file }: PreparedCreate): UpdateChange[] {
  const was = before.patch?.files ?? [];
  const is = Object.keys(file.patch);
  const details = [
    ...is.filter((path) => !was.includes(path)).map((path) => `${path} new`),
    ...was.filter((path) => !is.includes(path)).map((path) => `${path} gone`),
  ];
  const isRegistered = file.temporal === true && !before.temporalNamespace && after.temporalNamespace;
  return [
    ...(isRegistered
      ? [{ of: 'part', name: 'namespace in Temporal', kind: 'new', details: [] } satisfies UpdateChange]
      : []),
    ...(details.length > 0 ? [{ of: 'part', name: 'patch', kind: 'changed', details } satisfies UpdateChange] : []),
  ];
}

function variableOf(values: PlainValues | undefined, service: string, variable: string): unknown {
  const env: unknown = servicesOf(values).find(({ name }) => name === service)?.['env'];
  return isObject(env) ? env[variable] : undefined;
}

/** Keys, which Helm sorts, and services stand where they stand in the other, so that only what differs does. */
function inOrderOf(model: PlainValues, values: PlainValues | undefined): PlainValues {
  const names = servicesOf(model).map(({ name }) => name);
  const at = ({ name }: PlainValues): number => (names.includes(name) ? names.indexOf(name) : names.length);
  const services = [...servicesOf(values)].sort((a, b) => at(a) - at(b));
  return { ...ordered(model, values), services: services.map((each) => ordered(modelOf(model, each), each)) };
}

function modelOf(model: PlainValues, { name }: PlainValues): PlainValues {
  return servicesOf(model).find((each) => each['name'] === name) ?? {};
}

function ordered(model: PlainValues, values: PlainValues = {}): PlainValues {
  const keys = [...Object.keys(model), ...Object.keys(values)].filter((key) => Object.hasOwn(values, key));
  return Object.fromEntries(
    [...new Set(keys)].map((key) => {
      const [like, value] = [model[key], values[key]];
      return [key, isObject(like) && isObject(value) ? ordered(like, value) : value];
    }),
  );
}
