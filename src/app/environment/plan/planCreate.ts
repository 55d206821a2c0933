import type { EnvironmentFacts } from '../../../core/facts';
import type { Owner } from '../../../core/model';
import { namesFromSlug, slugCandidates, type CandidateNames } from '../../../core/naming';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import { imageName } from '../../../core/ports/images';
import { Creation } from '../create/creation';
import { prepareCreate } from '../create/prepareCreate';
import { commandsToApprove, type ApprovalPorts } from '../../approval/approveCommands';
import { commandsOf } from '../commandsOf';
import type { CreatePorts } from '../createPorts';
import { chooseNames } from '../parts/claimNames';
import { environmentParts } from '../parts/environmentParts';
import { imagesPart } from '../parts/imagesPart';
import type { Part } from '../parts/part';
import { partStatuses } from '../parts/partStatuses';
import { namesInUse, planParts, wantedParts } from '../parts/planParts';
import { prefixStripper } from '../parts/prefixStripper';
import { recordedNames } from '../parts/recordedNames';
import { findUnclaimed, foundConflict } from '../parts/unclaimed';
import type { PreparedCreate, Target } from '../preparedCreate';
import type { CreatePlan, CreateRequest, PlannedImage } from '../requests';
import { imageBuilds } from '../../images/imageBuilds';
import { podSupply } from '../../images/podSupply';
import type { UseCase } from '../../run/run';
import { planOf } from '../../run/steps';

/** What a create would do; starts and changes nothing. Without a running cluster the names are those that a free one gives. */
export function planCreate(
  ports: CreatePorts & ApprovalPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<CreateRequest, CreatePlan> {
  return async (request, { signal }) => {
    const repository = ports.foundRepository ?? (await ports.worktrees.repository(request.folder, signal));
    const prepared = await prepareCreate(ports, parts, request, repository, signal);
    const { target, owner, file, identity } = prepared;
    const isRunning = (await ports.cluster.probe(signal)) !== undefined;
    const namespaces: NamespaceRecord[] = isRunning ? await ports.cluster.listNamespaces(signal) : [];
    const planning = { ports, prepared, parts, signal };
    const inUse = namesInUse(planning, namespaces);
    const isNew = isRunning && !identity && !prepared.begun && request.found === undefined;
    const unclaimed = isNew ? await findUnclaimed(prepared, inUse, ports.sha256, signal) : undefined;
    if (unclaimed) throw foundConflict(target, unclaimed);
    const names: CandidateNames = identity
      ? recordedNames(identity)
      : isRunning
        ? await chooseNames(owner, target.ref, inUse, ports.sha256, signal)
        : namesFromSlug(slugCandidates(owner.repositoryId, target.ref, ports.sha256).next().value);
    const { records, annotations } = await planParts(planning, names, namespaces);
    const folder = prepared.folderOf(names.slug);
    // What a create would refuse is told by its plan.
    if (isRunning) {
      await podSupply(ports, ports.cluster.identity, file, folder, signal);
      await prefixStripper(ports, ports.cluster.identity, file, signal);
    }
    return {
      branch: target.branch,
      branchKind: target.kind,
      base: target.kind === 'new' ? baseOf(target) : undefined,
      worktreeFolder: folder,
      slug: names.slug,
      namespace: names.namespace,
      temporalNamespace: names.temporalNamespace,
      database: file.database ? names.database : undefined,
      host: names.host,
      metricsPorts: records.services?.metricsPorts ?? {},
      images: wantedParts(planning).includes(imagesPart) ? plannedImages(prepared) : [],
      parts: partStatuses(parts, planned(owner, names, annotations)),
      commandsToApprove: await commandsToApprove(ports, await commandsOf(ports, prepared, signal), signal),
      steps: planOf(new Creation(ports, prepared, parts).steps()),
    };
  };
}

/** What the cluster would say once the namespace is claimed. */
function planned(
  owner: Owner,
  { namespace }: CandidateNames,
  annotations: EnvironmentFacts['annotations'],
): EnvironmentFacts {
  return {
    ...owner,
    ...{ namespace, terminating: false, terminatingReason: undefined, annotations },
    ...{ deployments: [], pods: [], ingresses: [] },
  };
}

function baseOf({ base: name, commit, note }: Extract<Target, { kind: 'new' }>): CreatePlan['base'] {
  return { name, commit, ...(note ? { note } : {}) };
}

function plannedImages({ repository, file }: PreparedCreate): PlannedImage[] {
  return imageBuilds(file).map(({ build: { context, dockerfile }, services }) => ({
    name: imageName(repository.name),
    services,
    context,
    dockerfile,
  }));
}
