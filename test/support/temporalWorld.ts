import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What programs of an environment do, by Temporal's own program. */
export class TemporalCaller {
  constructor(
    private readonly program: string,
    private readonly address: string,
    private readonly folder: string,
  ) {}

  /** Rejects where the server does not know the namespace. */
  async startWorkflow(namespace: string, id: string): Promise<void> {
    await this.call('workflow', 'start', '--namespace', namespace, '--workflow-id', id, '--type=t', '--task-queue=q');
  }

  /** Ids of those that are shown. */
  async listWorkflows(namespace: string): Promise<readonly string[]> {
    const listed = await this.call('workflow', 'list', '--namespace', namespace);
    const told = JSON.parse(listed === '' ? '[]' : listed) as { execution: { workflowId: string } }[];
    return told.map(({ execution }) => execution.workflowId).sort();
  }

  async makeNamespace(namespace: string): Promise<void> {
    await this.call('operator', 'namespace', 'create', '--namespace', namespace);
  }

  async call(...argv: string[]): Promise<string> {
    const options = ['--address', this.address, '--output', 'json', '--color', 'never'];
    const { stdout } = await run(this.program, [...argv, ...options], { env: { HOME: this.folder }, cwd: this.folder });
    return stdout.trim();
  }
}
