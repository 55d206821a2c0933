import type { Owner } from '../../core/model';
import { isLastListed, lastWorkflow, ownerOn, refuseOther } from './namespaceOn';
import { ownerData, workflowsIn } from './temporalAnswers';
import type { TemporalCli } from './temporalCli';

/** How long what has ended in a namespace is kept. */
const retention = '168h';

/** Waits until it is so. @throws timeout, with what is troubling */
export type Soon = (
  cli: TemporalCli,
  signal: AbortSignal,
  trouble: string,
  isDone: () => Promise<boolean>,
) => Promise<void>;

/** @throws conflict where it is somebody else's, failed, timeout */
export async function registerOn(
  cli: TemporalCli,
  namespace: string,
  owner: Owner,
  soon: Soon,
  signal: AbortSignal,
): Promise<'registered' | 'found'> {
  const holder = await ownerOn(cli, namespace, signal);
  if (holder !== undefined) refuseOther(namespace, cli, holder, owner);
  // A delete that was cut off may have left it.
  if (holder !== undefined && (await isLastListed(cli, namespace, signal)) === true)
    await cli.answer(
      ['workflow', 'delete', `--namespace=${namespace}`, `--workflow-id=${lastWorkflow}`, '--yes'],
      signal,
    );
  if (holder === undefined) {
    const data = ownerData(owner).map((each) => `--data=${each}`);
    await cli.run(
      ['operator', 'namespace', 'create', `--namespace=${namespace}`, `--retention=${retention}`, ...data],
      signal,
    );
  }
  // The server takes a name for a moment for the deleted namespace that had it, and loses what is started then.
  await soon(cli, signal, `does not serve the namespace ${namespace}`, async () => {
    return (await isLastListed(cli, namespace, signal)) === false;
  });
  return holder === undefined ? 'registered' : 'found';
}

/** No error where there is none. @throws conflict where it is somebody else's, failed, timeout */
export async function removeOn(
  cli: TemporalCli,
  namespace: string,
  owner: Owner,
  soon: Soon,
  signal: AbortSignal,
): Promise<void> {
  const holder = await ownerOn(cli, namespace, signal);
  if (holder === undefined) return;
  refuseOther(namespace, cli, holder, owner);
  // The server keeps workflows for as long as it may take a name for the deleted namespace.
  const last = [`--workflow-id=${lastWorkflow}`, `--type=${lastWorkflow}`, `--task-queue=${lastWorkflow}`];
  await cli.run(['workflow', 'start', `--namespace=${namespace}`, ...last, '--id-conflict-policy=UseExisting'], signal);
  await soon(
    cli,
    signal,
    `does not show the workflows of ${namespace}`,
    async () => (await isLastListed(cli, namespace, signal)) === true,
  );
  await cli.run(['operator', 'namespace', 'delete', `--namespace=${namespace}`, '--yes'], signal);
}

/** How many workflows it has, ended ones too; 0 where there is none. */
export async function countOn(cli: TemporalCli, namespace: string, signal: AbortSignal): Promise<number> {
  if ((await ownerOn(cli, namespace, signal)) === undefined) return 0;
  const query = `--query=WorkflowId != "${lastWorkflow}"`;
  return workflowsIn(await cli.run(['workflow', 'count', `--namespace=${namespace}`, query], signal));
}
