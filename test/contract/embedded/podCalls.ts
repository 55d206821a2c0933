import type { TestCluster } from '../../support/embeddedCluster';
import { containerWhen, deploy, expectStatus, logOf, type ContainerView } from '../../support/services';
import { until } from '../../support/until';

export const isRunning = ({ state }: ContainerView): boolean => state.running !== undefined;
export const waitsFor =
  (reason: string) =>
  ({ state }: ContainerView): boolean =>
    state.waiting?.reason === reason;

/** Calls about deployments of one container in a namespace. @param under what there is once the tests run */
export function podCalls(under: () => { readonly cluster: TestCluster; readonly folder: string }, ns: string) {
  const run = (
    name: string,
    command: readonly string[],
    more: Partial<Parameters<typeof deploy>[3]> = {},
  ): Promise<void> => deploy(under().cluster, ns, name, { folder: under().folder, command, ...more });
  const when = (name: string, wanted: (container: ContainerView) => boolean, ms?: number) =>
    containerWhen(under().cluster, ns, name, wanted, ms);

  async function remove(name: string): Promise<void> {
    await expectStatus(under().cluster, 200, 'DELETE', `/apis/apps/v1/namespaces/${ns}/deployments/${name}`);
  }

  async function environmentOf(
    name: string,
  ): Promise<{ env: Record<string, string>; cwd: string; args: string[]; uid: number; gid: number }> {
    const { pod } = await when(name, isRunning);
    const text = await until(() => logOf(under().cluster, ns, pod));
    return JSON.parse(text);
  }

  return { run, when, remove, environmentOf };
}
