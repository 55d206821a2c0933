import type { Identity } from '../../../core/model';
import { localRun } from '../../../core/uses/localRun';
import { usedByFile, usedByText } from '../../../core/uses/usedByFile';
import { usedTools } from '../../../core/uses/usedTools';
import type { PreparedCreate } from '../preparedCreate';
import { namespacePart } from './namespacePart';
import type { MakeRun, UndoRun } from './part';

export interface PreparedNotes {
  /** Services whose data were not there before this run. */
  readonly made: string[];
}

/**
 * Makes the data of a used service where there are none.
 *
 * @param fill fills the empty folder; left out: what its tool needs is put there
 * @returns whether there were none
 */
export async function prepareUsed(
  { ports, prepared, signal }: Pick<MakeRun, 'ports' | 'prepared' | 'signal'>,
  { owner, names, parts }: Identity,
  service: string,
  notes: PreparedNotes,
  fill?: (data: string) => Promise<void>,
): Promise<boolean> {
  const { tool, program } = programOf(prepared, service);
  const { local } = usedTools[tool];
  const one = { owner, service, tool };
  const place = ports.uses.place(one);
  const { ports: numbers = {} } = parts.uses?.services[service] ?? {};
  const toolFill =
    local.prepare &&
    (async (data: string): Promise<void> => {
      const argv = local.prepare?.(localRun(program, numbers, { ...place, data })) ?? [];
      await ports.commands.run(argv, { cwd: data, env: {}, timeoutMs: 5 * 60_000 }, signal);
    });
  // When everything else of the environment is gone, it says whose they were.
  const usedBy = { repository: prepared.repository.root, worktree: prepared.folderOf(names.slug) };
  const files = { ...local.files, [usedByFile]: usedByText(usedBy) };
  const isNew = await ports.uses.prepare(one, program.kind, files, fill ?? toolFill);
  if (isNew) notes.made.push(service);
  return isNew;
}

/** What runs it on this machine. */
export function programOf({ file }: Pick<PreparedCreate, 'file'>, service: string) {
  const uses = file.services.find(({ name }) => name === service)?.uses;
  if (!uses?.program) throw new Error(`nothing is known that runs ${service}`);
  return { tool: uses.tool, program: uses.program };
}

/** Whether services stay as they are now, and may be running on what this run made. */
export function mayBeInUse({ prepared, made }: UndoRun<typeof namespacePart>): boolean {
  return made(namespacePart).isFound && (prepared.identity?.state === 'created' || prepared.isAdopted === true);
}

/** @returns what is left behind, for a person */
export async function undoPrepared(
  run: UndoRun<typeof namespacePart>,
  { made }: PreparedNotes,
): Promise<string | undefined> {
  if (mayBeInUse(run)) return made.length === 0 ? undefined : `the data of ${made.join(', ')}, which may be in use`;
  const { owner } = run.made(namespacePart).identity;
  for (const service of made) await run.ports.uses.remove(owner, service);
  return undefined;
}
