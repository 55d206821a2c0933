import type { FillingSpec, UsedSpec } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { LocalProgram, LocalTemplate, UsedPlace } from '../../../core/usedTool';
import type { TemplateServer } from '../../../core/ports/usedTemplates';
import { localRun } from '../../../core/uses/localRun';
import { usedTools } from '../../../core/uses/usedTools';
import { withPatientLock } from '../../run/withLock';
import type { CreatePorts } from '../createPorts';
import { sweepUsedTemplates, templateDigestLength, templateLock } from '../../uses/sweepUsedTemplates';

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
    templateLock(id),
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
  if (isBuilt) await sweepUsedTemplates(ports);
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
  return `${familyOf(repositoryId, name, tool)}${sha256(content).slice(0, templateDigestLength)}`;
}

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
