import { tellingLine } from '@coppice/host/tellingLine';
import { folderAnnotation } from '../contract';
import { engineTime } from '../engine/engineTime';
import { failureHint } from '../hints/failureHint';
import type { LogStore } from '../logs/logStore';
import { endedInput } from './endedInput';
import { missingModules } from './missingModules';
import { portInUse } from './portInUse';
import type { ProcessContainer } from './processContainer';

interface Parts {
  readonly logs: LogStore;
  /** Whose process listens at a port, besides the pod's own; undefined: nobody's that is known. */
  holder(port: number, podUid: string): Promise<string | undefined>;
  /** Where a container's program runs. */
  folderOf(container: ProcessContainer): Promise<string>;
  /** All that its program has. */
  variablesOf(container: ProcessContainer): Readonly<Record<string, string>>;
}

/** Of a line: a log may have some of many thousand letters, and each is looked through for much. */
const longestLine = 1000;

/** What is told of a container's end besides its exit code. */
export class ContainerEnds {
  constructor(private readonly parts: Parts) {}

  /** Kubernetes takes the end of the log as the message of a failure, where the container asks for it. */
  async message(container: ProcessContainer, exitCode: number): Promise<string | undefined> {
    const { config, sandbox, startedAt = 0, name: own } = container;
    if (config.sourceContainer.terminationMessagePolicy !== 'FallbackToLogsOnError') return undefined;
    const { namespace, name, uid } = sandbox.metadata;
    const lines = await this.parts.logs.lastLines({ namespace, name, uid, container: own }, 80);
    if (exitCode === 0 && config.sourceContainer.stdin !== true)
      return endedInput([...(config.command ?? []), ...(config.args ?? [])], lines, engineTime.now() - startedAt);
    if (exitCode === 0) return undefined;
    const said = lines.join('\n');
    const hint = await this.hint(container, lines);
    // Who shows it takes one line of it: the one that says most.
    if (hint !== undefined) return `${tellingLine(said, 'last') ?? 'it printed nothing'} (${hint})\n`;
    return lines.length === 0 ? undefined : `${said.slice(-2048)}\n`;
  }

  /** What is known of why a program failed, and it does not say itself. Never rejects. */
  async hint(container: ProcessContainer, printed: readonly string[]): Promise<string | undefined> {
    try {
      const lines = printed.map((line) => line.slice(0, longestLine));
      const port = portInUse(lines);
      const holder = port === undefined ? undefined : await this.parts.holder(port, container.podUid);
      if (holder !== undefined) return `port ${port} is in use by ${holder}`;
      const root = container.sandbox.pod?.metadata?.annotations?.[folderAnnotation];
      if (root === undefined) return undefined;
      const folder = await this.parts.folderOf(container);
      const said = lines.join('\n');
      const place = await missingModules({ folder, root, said });
      const where = place === '.' ? 'its folder' : place;
      if (place !== undefined) return `there is no node_modules in ${where}: its dependencies are not installed`;
      const { command = [], args = [] } = container.config;
      const env = this.parts.variablesOf(container);
      return await failureHint({ folder, root, said, command: [...command, ...args], env });
    } catch {
      return undefined;
    }
  }
}
