import { environmentNotes } from '../environmentNotes';
import type { ContainerFacts, DeploymentFacts, EnvironmentFacts, IngressFacts, PodFacts } from '../facts';
import type { Environment, Health, ServiceStatus } from '../model';
import { quotaRefusal } from '../quotaRefusal';
import { tellingLine } from '@coppice/host/tellingLine';
import { withHolds } from './heldServices';

/** Folds what the cluster says into what a person wants to know: is it up, and if not, why. */
export function toEnvironment(facts: EnvironmentFacts): Environment {
  const seen = new Set(
    [...facts.deployments.map((d) => d.service), ...facts.pods.map((p) => p.service)].filter((n) => n !== ''),
  );
  const inFile = new Set(facts.annotations['services']?.split(',').filter((name) => seen.has(name)));
  const names = [...inFile, ...[...seen].filter((name) => !inFile.has(name)).sort()];
  const services = withHolds(
    facts,
    names.map((name) =>
      toServiceStatus(
        name,
        facts.deployments.find((d) => d.service === name),
        facts.pods.filter((p) => p.service === name),
        urlsOf(name, facts.ingresses),
      ),
    ),
  );
  const startedAt = Math.max(...facts.pods.map(({ createdAt }) => createdAt));
  return {
    repositoryId: facts.repositoryId,
    worktreeId: facts.worktreeId,
    namespace: facts.namespace,
    slug: facts.annotations['slug'] ?? facts.namespace.replace(/^worktree-/, ''),
    ref: facts.annotations['ref'] ?? '',
    folder: facts.annotations['folder'] ?? '',
    database: facts.annotations['database'],
    health: facts.terminating ? 'progressing' : sleeps(facts) ? 'asleep' : overallHealth(services),
    terminating: facts.terminating,
    ...(facts.terminating && facts.terminatingReason !== undefined ? { heldBy: facts.terminatingReason } : {}),
    notes: environmentNotes(facts.annotations),
    ...(Number.isFinite(startedAt) ? { startedAt } : {}),
    services,
  };
}

/** Some of its services sleep, and no other is to run. What runs to its end has run or not: nothing of it is awake. */
function sleeps({ deployments }: Pick<EnvironmentFacts, 'deployments'>): boolean {
  return (
    deployments.some(({ asleep }) => asleep !== undefined) &&
    deployments.every(({ once, desired }) => once === true || desired === 0)
  );
}

/** The worst of its services that are to run; an environment without any service is unknown. */
export function overallHealth(services: readonly ServiceStatus[]): Health {
  const worstFirst: readonly Health[] = ['degraded', 'progressing', 'unknown', 'asleep'];
  if (services.length === 0) return 'unknown';
  if (services.every((s) => s.health === 'stopped')) return 'stopped';
  return worstFirst.find((health) => services.some((s) => s.health === health)) ?? 'healthy';
}

export function toServiceStatus(
  name: string,
  deployment: DeploymentFacts | undefined,
  pods: readonly PodFacts[],
  urls: readonly string[],
): ServiceStatus {
  const living = pods.filter((pod) => !pod.isDeleting).sort((a, b) => b.createdAt - a.createdAt);
  const desired = deployment?.desired ?? living.length;
  const ready = living.filter((pod) => pod.isReady).length;
  const base = {
    name,
    ready,
    desired,
    ...(deployment?.wanted === undefined ? {} : { wanted: deployment.wanted }),
    restarts: living.reduce((sum, pod) => sum + pod.restarts, 0),
    pods: living.map((pod) => pod.name),
    urls,
  };
  if (deployment?.once) return { ...base, ...endingOf(living[0]) };
  // What was evicted stays to be seen, but another pod has taken its place.
  const present = living.some((pod) => !hasEnded(pod)) ? living.filter((pod) => !hasEnded(pod)) : living;
  const troubled = present.find((pod) => !pod.isReady);
  if (deployment?.asleep !== undefined) return { ...base, health: 'asleep', state: 'Asleep', reason: undefined };
  if (desired === 0) return { ...base, health: 'stopped', state: 'Stopped', reason: undefined };
  const isRolledOut = deployment === undefined || (deployment.isObserved && deployment.updated >= desired);
  if (ready >= desired && troubled === undefined && isRolledOut)
    return { ...base, health: 'healthy', state: 'Running', reason: living.find((pod) => pod.listens)?.listens };
  if (troubled === undefined) {
    const state = living.length === 0 ? 'Pending' : 'Updating';
    const problem = deployment?.problem;
    const reason = problem && (quotaRefusal(problem) ?? problem);
    return { ...base, health: problem ? 'degraded' : 'progressing', state, reason };
  }
  const { state, reason, isTrouble } = describePod(troubled);
  if (!isTrouble) return { ...base, health: 'progressing', state, reason };
  // All that are ready may be of the release before: a pod of the new one would be beyond its count.
  const isOldServing = ready > 0 && ready <= (deployment?.old ?? 0);
  return { ...base, health: 'degraded', state, reason, ...(isOldServing ? { isOldServing } : {}) };
}

/** Of a service that runs to its end: the newest pod of it is its last run. */
function endingOf(pod: PodFacts | undefined): Omit<ServiceStatus, 'name' | 'restarts' | 'pods' | 'urls'> {
  const count = { ready: 0, desired: 1 };
  if (!pod) return { ...count, health: 'progressing', state: 'Waiting', reason: 'has not run' };
  const exitCode = pod.container?.state === 'terminated' ? pod.container.exitCode : undefined;
  if (pod.phase === 'Succeeded' || (exitCode === 0 && !hasEnded(pod)))
    return { ...count, ready: 1, health: 'healthy', state: 'Completed', reason: undefined };
  const { state, reason, isTrouble } = describePod(pod);
  if (!hasEnded(pod) && pod.container?.state === 'running' && !pod.container.init)
    return { ...count, health: 'progressing', state: 'Running', reason: 'has not ended yet' };
  return { ...count, health: isTrouble ? 'degraded' : 'progressing', state, reason };
}

const startingStates = new Set(['ContainerCreating', 'PodInitializing', 'Pending', 'Running']);

/** For good: no container of it is started again. */
function hasEnded({ phase }: PodFacts): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

/** The state column of `kubectl get pods`, and one line that tells why. */
function describePod(pod: PodFacts): { state: string; reason: string | undefined; isTrouble: boolean } {
  const container = pod.container;
  // Evicted, NodeLost, DeadlineExceeded…: it is over, whatever its containers were.
  if (pod.reason !== undefined && hasEnded(pod)) {
    return { state: pod.reason, reason: pod.message ?? pod.lastWarning, isTrouble: true };
  }
  if (container?.init) return describeInit(pod, container, container.init);
  if (!container || container.state === 'running') {
    const state = container ? 'Running' : pod.phase;
    const reason = container ? notReadyReason(pod) : (pod.message ?? pod.lastWarning);
    return { state, reason, isTrouble: !startingStates.has(state) || pod.lastWarning !== undefined };
  }
  if (container.state === 'waiting') {
    // What did its work and ended has not crashed, whatever Kubernetes calls the pause before its next start.
    const hasDone = container.reason === 'CrashLoopBackOff' && container.lastTermination?.exitCode === 0;
    const state = hasDone ? 'Completed' : (container.reason ?? 'Waiting');
    return { state, reason: waitingReason(pod, container), isTrouble: !startingStates.has(state) };
  }
  const state = container.reason ?? (container.exitCode === 0 ? 'Completed' : 'Error');
  return { state, reason: endedReason(container), isTrouble: true };
}

/** As kubectl writes it: `Init:0/2`, `Init:CrashLoopBackOff`, `Init:Error`. */
function describeInit(
  pod: PodFacts,
  container: ContainerFacts,
  { name, done, total }: NonNullable<ContainerFacts['init']>,
): { state: string; reason: string | undefined; isTrouble: boolean } {
  const what = `init container ${name}`;
  if (container.state === 'running') {
    return { state: `Init:${done}/${total}`, reason: pod.lastWarning ?? `${what} runs`, isTrouble: false };
  }
  const { state, reason, isTrouble } = describePod({ ...pod, container: { ...container, init: undefined } });
  return { state: `Init:${state}`, reason: reason === undefined ? what : `${what}: ${reason}`, isTrouble };
}

/** The embedded cluster finds out why nothing answers, and says it in whole words. */
const silence = /^\w+ probe failed: ((?:nothing )?listens on .*)$/s;

function notReadyReason(pod: PodFacts): string {
  if (pod.lastWarning !== undefined) return silence.exec(pod.lastWarning)?.[1] ?? pod.lastWarning;
  const last = pod.container?.lastTermination;
  return last ? `not ready yet, restarted after ${exitReason(last.exitCode) ?? 'an exit'}` : 'not ready yet';
}

function waitingReason(pod: PodFacts, container: ContainerFacts): string | undefined {
  const last = container.lastTermination;
  if (container.reason === 'CrashLoopBackOff' && last) return endedReason(last);
  if (container.reason === 'RunContainerError' && container.message) return startReason(container.message);
  // Why the image cannot be pulled is in the event of the last try; while it waits for the next one, Kubernetes only says that it waits.
  if (container.reason === 'ImagePullBackOff' && pod.lastWarning !== undefined) return pullReason(pod.lastWarning);
  if (container.reason === 'ErrImagePull' && container.message) return pullReason(container.message);
  return container.message ?? pod.message ?? pod.lastWarning;
}

/** Without the words that the kubelet's own protocol puts between. */
function pullReason(message: string): string {
  return message.replace(/rpc error: code = \w+ desc = /g, '').trim();
}

/** What runtimes call the end of a program that never began: containerd and Docker. */
const unstarted = new Set(['StartError', 'ContainerCannotRun']);

function endedReason(ended: Pick<ContainerFacts, 'reason' | 'exitCode' | 'message'>): string | undefined {
  if (unstarted.has(ended.reason ?? '') && ended.message) return startReason(ended.message);
  // A service is to run until it is ended: that it went well does not say what is wrong.
  if (ended.exitCode === 0)
    return ['ended by itself with exit code 0', ended.message?.trim()].filter(Boolean).join(': ');
  const why = ended.reason === 'OOMKilled' ? 'OOMKilled' : exitReason(ended.exitCode);
  const said = tellingLine(ended.message, 'last');
  return said && why ? `${why}: ${said}` : (said ?? why);
}

/** Each layer of a container runtime puts words of its own before the innermost's, which alone says what is wrong. */
function startReason(message: string): string {
  const innermost = /(?:exec: "|chdir to cwd |error mounting ).*$/s.exec(message)?.[0] ?? message;
  return `cannot start: ${innermost.trim().replace(/: unknown$/, '')}`;
}

function exitReason(exitCode: number | undefined): string | undefined {
  return exitCode === undefined ? undefined : `exit code ${exitCode}`;
}

function urlsOf(service: string, ingresses: readonly IngressFacts[]): string[] {
  const urls = ingresses.flatMap(({ rules, port }) =>
    rules
      .filter((rule) => rule.service === service)
      .map(({ host, path }) => `http://${host}${port === undefined || port === 80 ? '' : `:${port}`}${path}`),
  );
  return [...new Set(urls)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}
