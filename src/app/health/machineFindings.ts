import type { MachineHealth } from '../../core/ports/machineHealth';
import type { Finding } from './finding';

const gib = 1024 ** 3;
/** PostgreSQL and git fail in the middle of what they do where there is nothing left. */
const scarce = 1 * gib;
/** As much as an environment of a middling repository takes with its dependencies and its database. */
const little = 5 * gib;
/** From this part of a limit on the next few programs may get nothing. */
const nearly = 0.8;

export async function programFindings(machine: MachineHealth, signal: AbortSignal): Promise<Finding[]> {
  const programs = await machine.programs(signal);
  const missing = programs.filter(({ version, isNeeded }) => version === undefined && isNeeded);
  if (missing.length > 0)
    return missing.map(({ name, trouble }) => ({
      ...{ check: 'programs', state: 'problem' },
      message: `${name} cannot be called: ${trouble ?? 'it does not say why'}.`,
      advice: `Install ${name}, or put its folder on the PATH.`,
    }));
  const told = programs.flatMap(({ name, version }) => (version === undefined ? [] : [`${name} (${version})`]));
  return [{ check: 'programs', state: 'good', message: `These programs answer: ${told.join(', ')}.` }];
}

/** @param folders by what lies in them: worktrees, Coppice's own state */
export async function diskFindings(
  machine: MachineHealth,
  folders: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const [what, folder] of Object.entries(folders)) {
    const space = folder === undefined ? undefined : await machine.space(folder);
    // Two folders of one disk are told once.
    if (!space || folder === undefined || seen.has(`${space.free} ${space.total}`)) continue;
    seen.add(`${space.free} ${space.total}`);
    const state = space.free < scarce ? 'problem' : space.free < little ? 'warning' : 'good';
    const left = `${(space.free / gib).toFixed(1)} GiB of ${(space.total / gib).toFixed(0)} GiB`;
    const message = `${left} are free where ${what} are (${folder}).`;
    const advice =
      state === 'good' ? undefined : 'Delete environments that nobody needs any more: "coppice list --all" names them.';
    findings.push({ check: 'disk', state, message, advice });
  }
  return findings;
}

export async function watchFindings(machine: MachineHealth): Promise<Finding[]> {
  return (await machine.watchLimits()).map(({ what, used, limit, setting }) => {
    const isNear = used >= limit * nearly;
    return {
      check: 'watches',
      state: isNear ? 'warning' : 'good',
      message: `${used} of ${limit} ${what} are in use${isNear ? ': soon development servers cannot watch their files any more' : ''}.`,
      advice: isNear ? `An administrator raises it: sudo sysctl ${setting}=${2 * limit}` : undefined,
    };
  });
}

/** Git's own maintenance stops at such a folder, and switches that of each command off in the repository which it was registered for. */
export async function maintenanceFindings(machine: MachineHealth, signal: AbortSignal): Promise<Finding[]> {
  return (await machine.lostMaintenance(signal)).map((folder) => ({
    ...{ check: 'disk', state: 'warning' },
    message: `git's maintenance is registered for ${folder}, which is gone: it does nothing there, and nothing for the repository that this was a worktree of.`,
    advice: `Run "git config --global --fixed-value --unset-all maintenance.repo ${JSON.stringify(folder)}", and "git maintenance register" in that repository.`,
  }));
}
