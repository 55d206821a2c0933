import { traitsOf } from '../../../core/clusterTraits';
import type { EnvironmentFile, ServiceSpec } from '../../../core/environmentFile';
import { AppError, isAppError } from '../../../core/errors';
import { usedTitle } from '../../../core/uses/usedTitle';
import { shortfallOf, waitReady } from '../../services/waitReady';
import { installServices, type InstallServicesRun } from './installServices';

export interface UsedBeforeTemplate {
  /** The release was made, or is being made, with what is used alone. */
  isBegun: boolean;
  /** Why what is used may not be there for the template's commands, for a person. */
  trouble: string | undefined;
}

export interface UsedBeforeTemplateRun extends Omit<InstallServicesRun, 'file' | 'folder'> {
  /** Asked where something is started; it may not be there yet. */
  readonly openFolder: () => Promise<string>;
  /** The namespace was there before this run. */
  readonly isFound: boolean;
  readonly tell: (line: string) => void;
}

/**
 * Lets what an environment uses run before its own services are installed: a migration, or the application that it loads, may talk to it.
 * Only where commands of this machine reach it, and where the release has no other services yet, which this would end.
 */
export async function startUsedFirst(
  run: UsedBeforeTemplateRun,
  notes: UsedBeforeTemplate,
  signal: AbortSignal,
): Promise<void> {
  const { ports, prepared, identity, isFound, tell } = run;
  const { file } = prepared;
  const used = file.services.filter(({ uses }) => uses !== undefined);
  if (used.length === 0 || traitsOf(identity.cluster).runsImages) return;
  const before = prepared.identity;
  // What another worktree left, and this one takes over, may run or not.
  if (isFound && prepared.isAdopted) return;
  if (isFound && before?.state === 'created') {
    const known = before.parts.uses?.services ?? {};
    notes.trouble = lateText(used.filter(({ name }) => known[name] === undefined || known[name].isGone));
    return;
  }
  if (file.chart !== undefined) {
    // What a chart of the repository's own does with half of its values nobody knows.
    notes.trouble = lateText(used);
    return;
  }
  const folder = await run.openFolder();
  notes.isBegun = true;
  tell(`Starting ${used.map(titleOf).join(', ')}`);
  await installServices({ ...run, folder, file: withoutOthers(file, used) }, undefined, signal);
  const settings = ports.settings();
  const limits = {
    timeoutMs: settings['create.readyTimeout'] * 1000,
    steadyMs: settings['create.steadyTime'] * 1000,
    tell,
  };
  const place = { repositoryId: identity.owner.repositoryId, namespace: identity.names.namespace };
  const readiness = await waitReady(ports.cluster, place, used, limits, signal);
  // The commands may do without: they decide.
  notes.trouble = shortfallOf(readiness)?.short;
}

/** Takes back the release that was begun so, which is nobody's yet: of one that others use nothing was begun. */
export async function endUsedFirst(
  { releases }: Pick<InstallServicesRun['ports'], 'releases'>,
  { names: { release, namespace } }: Pick<InstallServicesRun['identity'], 'names'>,
  { access }: Pick<InstallServicesRun['cluster'], 'access'>,
  { isBegun }: UsedBeforeTemplate,
  signal: AbortSignal,
): Promise<void> {
  if (isBegun) await releases.uninstall(release, namespace, access, signal);
}

/** A failure of commands, with what they may have missed. */
export function withTroubleOfUsed<E>(error: E, { trouble }: UsedBeforeTemplate): E | AppError {
  if (trouble === undefined || !isAppError(error)) return error;
  const { code, message, explanation, remedy, losses } = error;
  return new AppError(code, message, {
    explanation: [explanation, trouble].filter(Boolean).join('\n'),
    ...(remedy ? { remedy } : {}),
    losses,
    cause: error,
  });
}

function lateText(used: readonly ServiceSpec[]): string | undefined {
  if (used.length === 0) return undefined;
  return `It was not running yet: ${used.map(titleOf).join(', ')}. Here it starts with the other services, after migrate and seed.`;
}

function titleOf({ name, uses }: ServiceSpec): string {
  return usedTitle(name, uses?.tool ?? '');
}

function withoutOthers(file: EnvironmentFile, services: readonly ServiceSpec[]): EnvironmentFile {
  return { ...file, services, database: undefined };
}
