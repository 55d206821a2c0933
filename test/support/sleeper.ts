import { restartService } from '../../src/app/services/restartService';
import { scaleService } from '../../src/app/services/scaleService';
import { sleepEnvironment, type Slept } from '../../src/app/services/sleepEnvironment';
import { wakeEnvironment, type Woken } from '../../src/app/services/wakeEnvironment';
import type { EnvironmentFile, ServiceSpec } from '../../src/core/environmentFile';
import { toEnvironment } from '../../src/core/services/health';
import type { DeploymentFacts } from '../../src/core/facts';
import { EnvironmentWorld } from './environmentWorld';
import { environmentFileText } from './fakes/fakeEnvironmentFiles';
import type { CallHook } from './faultyPort';

export const run = { signal: new AbortController().signal, report: () => undefined };
export const namespace = 'worktree-x';

function fileWith(changes: Readonly<Record<string, Partial<ServiceSpec>>>): string {
  const file = JSON.parse(environmentFileText(Object.keys(changes))) as EnvironmentFile;
  return JSON.stringify({ ...file, services: file.services.map((each) => ({ ...each, ...changes[each.name] })) });
}

/** api waits for db and for migrate, which runs to its end; web for api. */
export const ordered = fileWith({
  web: { dependsOn: { api: 'healthy' } },
  api: { dependsOn: { migrate: 'completed', db: 'healthy' } },
  migrate: { once: true, port: undefined, routes: [], dependsOn: { db: 'healthy' } },
  db: {},
});

export class Sleeper {
  private constructor(
    readonly world: EnvironmentWorld,
    readonly at: { readonly folder: string; readonly path: string },
  ) {}

  static async create(text?: string, world = new EnvironmentWorld()): Promise<Sleeper> {
    if (text !== undefined) world.commit(text);
    const { worktree } = await world.createBranch('x');
    world.cluster.changes.length = 0;
    return new Sleeper(world, { folder: '/code/repo', path: worktree.path });
  }

  sleep = (hook?: CallHook): Promise<Slept> => sleepEnvironment(this.world.createPorts(hook))(this.at, run);
  wake = (hook?: CallHook): Promise<Woken> => wakeEnvironment(this.world.createPorts(hook))(this.at, run);
  scale = (service: string, replicas: number) =>
    scaleService(this.world.createPorts())({ ...this.at, service, replicas }, run);
  restart = (service: string) => restartService(this.world.createPorts())({ ...this.at, service }, run);

  async facts() {
    const [facts] = await this.world.cluster.read(undefined);
    if (!facts) throw new Error('there is no environment');
    return facts;
  }

  health = async () => toEnvironment(await this.facts()).health;

  /** What it is to have of each service: `0 (2)` sleeps, and had two. */
  async pods(): Promise<Readonly<Record<string, string>>> {
    const text = ({ desired, asleep }: DeploymentFacts): string =>
      asleep === undefined ? String(desired) : `${desired} (${asleep})`;
    return Object.fromEntries((await this.facts()).deployments.map((each) => [each.service, text(each)]));
  }

  /** Changes of services, in their order. */
  changes(): string[] {
    const all = this.world.cluster.changes.splice(0);
    return all.filter((each) => /^(sleep|wake|release|runOnce|restart|scale) /.test(each));
  }
}
