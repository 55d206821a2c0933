import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from './kubeConnection';
import { realPlace } from './place';
import { verifies } from './verified';

const run = promisify(execFile);

/*
 * What real tools say of themselves, for `verifies`.
 */

async function said(program: string, ...argv: string[]): Promise<string> {
  const { stdout } = await run(program, argv);
  return numberIn(stdout);
}

/** Of "git version 2.39.5" and "v4.2.0+g1234567" what counts. */
function numberIn(text: string): string {
  const found = /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
  if (found === undefined) throw new Error(`There is no version in: ${text}`);
  return found;
}

/** @param program where it is */
export const programVersion = (program: string): Promise<string> => said(program, '--version');

export const gitVersion = (): Promise<string> => said('git', '--version');

/** @param program where Traefik is */
export const traefikVersion = (program: string): Promise<string> => said(program, 'version');

/** @param program where Helm is */
export const helmVersion = (program: string): Promise<string> => said(program, 'version', '--short');

/** @param program where kubectl is */
export const kubectlVersion = (program: string): Promise<string> => said(program, 'version', '--client');

/** @param programs the folder that PostgreSQL's programs are in */
export const postgresVersion = (programs: string): Promise<string> => said(join(programs, 'postgres'), '--version');

/** For the suites of test/cluster: which Kubernetes it was. @param asked what they ask of it */
export function verifiesKubernetes(asked: string): void {
  verifies('Kubernetes', async () => numberIn((await ask('/version')).gitVersion), {
    obtained: obtainedCluster,
    asked,
  });
}

/** Who has built a cluster says so; of one that was given, its nodes tell. */
async function obtainedCluster(): Promise<string> {
  const said = process.env['COPPICE_TEST_OBTAINED'];
  if (said) return said;
  const { items } = await ask('/api/v1/nodes');
  const nodes = (items as { status: { nodeInfo: { containerRuntimeVersion: string } } }[]).map(
    ({ status }) => status.nodeInfo.containerRuntimeVersion,
  );
  return `given by KUBECONFIG; nodes: ${nodes.join(', ')}`;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the API server's own JSON
async function ask(path: string): Promise<any> {
  const connection = await connect((await realPlace()).kubeconfig.path);
  try {
    return (await connection.call('GET', path)).json;
  } finally {
    connection.close();
  }
}
