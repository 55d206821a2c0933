import type { Product } from '../app/product';
import { databaseServers } from './databaseServers';
import { infraAccess } from './infraAccess';
import { localServers } from './localServers';
import type { ProgramContext } from './programContext';
import { onCall } from './onCall';
import { once } from './once';
import { wireAgents } from './wireAgents';
import { wireConnections } from './wireConnections';
import { wireLauncher } from './wireLauncher';
import { wireMachine } from './wireMachine';
import { wireNotices } from './wireNotices';
import { wireServices } from './wireServices';
import { wireSnapshots } from './wireSnapshots';
import { wireTelemetry } from './wireTelemetry';
import { wireWorktrees } from './wireWorktrees';

/** The product, built of adapters that are loaded when they are first used: to build it costs nothing. */
export function wireProduct(programContext: ProgramContext): Product {
  const machine = wireMachine(programContext);
  const connections = wireConnections(machine);
  const infra = infraAccess();
  const servers = databaseServers(machine, infra);
  const local = localServers(machine, connections, servers);
  const snapshots = wireSnapshots(machine, connections, infra, async (folder) => (await seldom()).pool.refill(folder));
  const services = wireServices(machine, connections, async () => (await seldom()).serviceActions);
  // One chunk for all: what several chunks share is chunks of its own, and each of those costs every window that starts.
  const seldom = once(async () =>
    (await import('./wireSeldom')).wireSeldom(machine, connections, servers, local, snapshots, services, infra),
  );
  return {
    home: machine.home,
    environments: onCall(async () => (await seldom()).environments, {
      plan: true,
      changes: true,
      create: true,
      delete: true,
      lookAtDelete: true,
      programsIn: true,
      wait: true,
      sleep: true,
      sleepUnused: true,
      wake: true,
      setup: true,
      deleteOrphan: true,
      deleteByNamespace: true,
      finishDelete: true,
      undoDelete: true,
      sweepTrash: true,
      leastUsed: true,
      deleted: true,
      variables: true,
      every: true,
    }),
    snapshots,
    worktrees: wireWorktrees(machine),
    trash: onCall(async () => (await seldom()).trash, {
      list: true,
      empty: true,
      findDatabase: true,
      dropDatabase: true,
      leftDatabases: true,
    }),
    pool: onCall(async () => (await seldom()).pool, { fill: true, empty: true, status: true, refill: true }),
    promotions: onCall(async () => (await seldom()).promotions, { plan: true, promote: true }),
    cleanup: onCall(async () => (await seldom()).cleanup, { list: true, remove: true, collect: true, keep: true }),
    databases: onCall(async () => (await seldom()).databases, {
      status: true,
      migrate: true,
      checkServer: true,
      refreshTemplate: true,
      listSnapshots: true,
      takeSnapshot: true,
      listKeptSnapshots: true,
      deleteKeptSnapshot: true,
      restoreSnapshot: true,
      reset: true,
      fork: true,
      url: true,
      psql: true,
      query: true,
      latestRows: true,
      compare: true,
      list: true,
      protect: true,
      deleteSnapshot: true,
      recipeAges: true,
      returnServer: true,
    }),
    services,
    clusters: onCall(async () => (await seldom()).clusters, {
      status: true,
      options: true,
      choose: true,
      setUp: true,
      start: true,
      stop: true,
      contents: true,
      delete: true,
      local: true,
      gatewayPort: true,
    }),
    infra: onCall(async () => (await seldom()).infra, {
      setUp: true,
      status: true,
      contents: true,
      remove: true,
      grafanaPassword: true,
    }),
    hooks: onCall(async () => (await seldom()).hooks, {
      sessionFolder: true,
      copyListedFiles: true,
      removeSessionWorktree: true,
      removeProvided: true,
      provide: true,
    }),
    samples: onCall(async () => (await seldom()).samples, { make: true }),
    reports: onCall(async () => (await seldom()).reports, { make: true }),
    agentTools: onCall(async () => (await seldom()).agentTools, { serve: true }),
    diagnosis: onCall(async () => (await seldom()).diagnosis, {
      why: true,
      errors: true,
      compare: true,
      traces: true,
      trace: true,
    }),
    health: onCall(async () => (await seldom()).health, { check: true, reach: true }),
    tools: onCall(async () => (await seldom()).tools, { connect: true }),
    agents: wireAgents(machine, async (...asked) => (await seldom()).planSandbox(...asked)),
    notices: wireNotices(),
    telemetry: wireTelemetry(machine, connections, infra),
    launcher: wireLauncher(machine),
    environmentFile: {
      check: async (text) => (await machine.environmentFiles()).check(text),
      ...onCall(async () => (await seldom()).environmentFile, { propose: true, write: true, schema: true }),
    },
  };
}
