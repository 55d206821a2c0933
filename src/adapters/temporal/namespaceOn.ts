import { AppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner } from '../../core/model';
import { isAnyIn, namespacesIn, ownerIn } from './temporalAnswers';
import type { TemporalCli } from './temporalCli';

/** The workflow by which a namespace that is being deleted is told from the next one of its name. */
export const lastWorkflow = 'coppice-deleted';

/** Whose a namespace is on one server. */
export async function ownerOn(
  cli: TemporalCli,
  namespace: string,
  signal: AbortSignal,
): Promise<Owner | 'foreign' | undefined> {
  const all = namespacesIn(await cli.run(['operator', 'namespace', 'list'], signal));
  const found = all.find(({ name }) => name === namespace);
  return found && (ownerIn(found.data) ?? 'foreign');
}

/** @throws conflict where it is somebody else's */
export function refuseOther(
  namespace: string,
  { address }: TemporalCli,
  holder: Owner | 'foreign',
  owner: Owner,
): void {
  if (holder !== 'foreign' && isSameOwner(holder, owner)) return;
  const whose = holder === 'foreign' ? 'was not made by Coppice' : 'belongs to another environment';
  throw new AppError('conflict', `The namespace ${namespace} in Temporal (${address}) ${whose}.`, {
    explanation: `If nobody needs it: temporal operator namespace delete --address ${address} --namespace ${namespace}`,
  });
}

/** Whether the server shows the last workflow of what has the name; undefined: it does not answer. */
export async function isLastListed(
  cli: TemporalCli,
  namespace: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const query = `--query=WorkflowId = "${lastWorkflow}"`;
  const all = await cli.answer(['workflow', 'list', `--namespace=${namespace}`, query], signal);
  return all === undefined ? undefined : isAnyIn(all);
}
