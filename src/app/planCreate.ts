import { namesFromSlug, slugCandidates, type Names } from '../core/naming';
import type { NamespaceRecord } from '../core/ports/cluster';
import { chooseMetricsPorts, chooseNames } from './claimNames';
import { Creation, type CreatePorts } from './creation';
import { prepareCreate } from './prepareCreate';
import type { CreatePlan, CreateRequest } from './requests';
import type { UseCase } from './run';
import { planOf } from './steps';

/** What a create would do; starts and changes nothing. Without a running cluster the names are those that a free one gives. */
export function planCreate(ports: CreatePorts): UseCase<CreateRequest, CreatePlan> {
  return async (request, { signal }) => {
    const prepared = await prepareCreate(ports, request, signal);
    const { target, owner, file, identity } = prepared;
    const isRunning = (await ports.cluster.probe(signal)) !== undefined;
    const namespaces: NamespaceRecord[] = isRunning ? await ports.cluster.listNamespaces(signal) : [];
    const holders = { namespaces, databases: isRunning && file.database ? ports.databases : undefined };
    const names: Names =
      identity ??
      (isRunning
        ? await chooseNames(owner, target.ref, holders, ports.sha256, signal)
        : namesFromSlug(slugCandidates(owner.repositoryId, target.ref, ports.sha256).next().value));
    const services = file.services.map((service) => service.name);
    return {
      branch: target.branch,
      branchKind: target.kind,
      base: target.kind === 'new' ? { name: target.base, commit: target.commit } : undefined,
      worktreeFolder: prepared.folderOf(names.slug),
      slug: names.slug,
      namespace: names.namespace,
      temporalNamespace: names.temporalNamespace,
      database: file.database ? names.database : undefined,
      host: names.host,
      metricsPorts: await chooseMetricsPorts(names, owner, services, namespaces, ports.ports),
      steps: planOf(new Creation(ports, prepared).steps()),
    };
  };
}
