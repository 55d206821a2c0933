import type { FillingSpec, UsedSpec } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { LocalProgram, LocalTemplate, UsedPlace } from '../../../core/usedTool';
import type { TemplateServer } from '../../../core/ports/usedTemplates';
import { localRun } from '../../../core/uses/localRun';
import { usedTools } from '../../../core/uses/usedTools';
import { withLock, withPatientLock } from '../../run/withLock';
import type { CreatePorts } from '../createPorts';

export interface UsedTemplate {
  readonly spec: UsedSpec & { readonly filling: FillingSpec };
  readonly program: LocalProgram;
  readonly repositoryId: string;
  /** The worktree whose commands fill it, ready for them, and the commit that it is at. */
  readonly folder: string;
  readonly commit: string;
}

export interface TemplateRun {
  /** Runs the commands against the server. @param ports the server's, by their names */
  readonly fill: (ports: Readonly<Record<string, number>>) => Promise<void>;
  readonly tell: (line: string) => void;
}

type TemplatePorts = Pick<CreatePorts, 'usedTemplates' | 'environmentFiles' | 'locks' | 'clock' | 'sha256'>;

/** A server that has much to write down at its end takes its time. */
const patienceMs = 3 * 60_000;
/** Of one service of a repository: each branch with migrations of its own has one. */
const keptOfService = 4;
const keptMs = 30 * 24 * 60 * 60_000;

/**
 * Fills an empty folder with a copy of the template that the commands of a worktree make, which is built where there is none.
 *
 * @returns whether it was built
 */
export async function beginAsTemplate(
  ports: TemplatePorts,
  template: UsedTemplate,
  data: string,
  { fill, tell }: TemplateRun,
  signal: AbortSignal,
): Promise<boolean> {
  const { usedTemplates, locks } = ports;
  const { name } = template.spec;
  const id = await templateId(ports, template, signal);
  const onWait = (): void => tell(`Waiting for another create, which prepares the template of ${name}`);
  const isBuilt = await withPatientLock(
    locks,
    lockOf(id),
    `the template of ${name} is used`,
    signal,
    onWait,
    async () => {
      const isThere = await usedTemplates.has(id);
      if (!isThere) {
        tell(`Starting a server for the template of ${name}`);
        await usedTemplates.make(id, serverOf(template), fill, signal);
      }
      await usedTemplates.copy(id, data, signal);
      return !isThere;
    },
  );
  if (isBuilt) await sweepTemplates(ports);
  return isBuilt;
}

/** Of all that decides what is in it: another program, or another version of it, may not read its files. */
async function templateId(
  { usedTemplates, environmentFiles, sha256 }: TemplatePorts,
  template: UsedTemplate,
  signal: AbortSignal,
): Promise<string> {
  const { spec, program, repositoryId, folder, commit } = template;
  const { name, tool, filling } = spec;
  const [version, inputs] = await Promise.all([
    usedTemplates.version(program, rowOf(spec), signal),
    environmentFiles.readInputs(folder, filling, signal),
  ]);
  const { migrate = null, seed = null } = filling;
  // Of commands of which nothing is known another commit may make other data, and nothing would migrate a copy.
  const content = JSON.stringify({ kind: program.kind, version, migrate, seed, inputs: inputs ?? { commit } });
  return `${familyOf(repositoryId, name, tool)}${sha256(content).slice(0, digestLength)}`;
}

const digestLength = 16;

function familyOf(repositoryId: string, service: string, tool: string): string {
  return `${repositoryId}-${service}.${tool}-`;
}

function serverOf({ spec, program }: UsedTemplate): TemplateServer {
  const { main, ports, local } = usedTools[spec.tool];
  const others = [...Object.keys(ports), ...(local.ports ?? [])].filter((each) => each !== main);
  const { prepare, files = {}, command, env } = local;
  return {
    prepare: prepare && ((place: UsedPlace) => prepare(localRun(program, {}, place))),
    files,
    ports: [main, ...others],
    start: (place, numbers) => {
      const run = localRun(program, numbers, place);
      return { argv: command(run), env: env?.(run) ?? {} };
    },
    template: rowOf(spec),
    patienceMs,
  };
}

function rowOf({ tool }: UsedSpec): LocalTemplate {
  const { template } = usedTools[tool].local;
  if (!template) throw new AppError('bug', `Nothing is known of templates of ${tool}.`);
  return template;
}

/**
 * Removes templates that nobody has begun with for long, those beyond the newest of a service, and what was cut off while it was made. What
 * fails is tried again after the next one is made.
 */
async function sweepTemplates({ usedTemplates, locks, clock }: TemplatePorts): Promise<void> {
  const all = await usedTemplates.list().catch(() => []);
  const counts = new Map<string, number>();
  for (const { id, usedAt } of all.toSorted((one, other) => other.usedAt - one.usedAt)) {
    const family = id.slice(0, -digestLength);
    const count = (counts.get(family) ?? 0) + 1;
    counts.set(family, count);
    const isKept = count <= keptOfService && clock.now() - usedAt < keptMs;
    // Whoever makes it, or begins with it, holds its lock.
    await withLock(locks, lockOf(id), 'a template is removed', async () => {
      if (!isKept || !(await usedTemplates.has(id))) await usedTemplates.remove(id);
    }).catch(() => undefined);
  }
}

function lockOf(id: string): string {
  return `uses template ${id}`;
}
