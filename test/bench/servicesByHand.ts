import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FreePorts } from '../../packages/cluster/src/network/freePort';

interface Service {
  readonly script: string;
  /** A path that answers with success; without one and without `ready` it listens. */
  readonly health?: string;
  /** A script that ends with 0. */
  readonly ready?: string;
}

/** The sample's services as its coppice.yaml names them: what to run, and how it shows that it has started. */
const sampleServices: readonly Service[] = [
  { script: 'frontend/server.js' },
  { script: 'backend/server.js', health: '/healthz' },
  { script: 'backend/worker.js', ready: 'backend/isComputing.js' },
];
const pollMs = 2;
const timeoutMs = 30_000;

/**
 * Starts the same commands with the same variables as an environment's, without any cluster, and ends them again.
 *
 * @param env with DATABASE_URL
 * @param which all are started; those that listen are all that a request waits for
 * @param services the sample's
 * @returns milliseconds until all of them have started
 */
export async function servicesByHand(
  folder: string,
  env: NodeJS.ProcessEnv,
  which: 'all' | 'listening' = 'all',
  services = sampleServices,
): Promise<number> {
  const freePorts = new FreePorts();
  const ports = await Promise.all(services.map(() => freePorts.take()));
  const running: ChildProcess[] = [];
  try {
    const begin = performance.now();
    await Promise.all(
      services.map(async ({ script, health, ready }, i) => {
        const port = ports[i] ?? 0;
        const child = spawn(process.execPath, [script], {
          cwd: folder,
          env: { ...env, PORT: String(port) },
          stdio: 'ignore',
        });
        running.push(child);
        await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
        if (ready !== undefined && which === 'listening') return;
        const isReady = async (): Promise<boolean> => {
          if (ready !== undefined) return succeeds(ready, folder, env);
          return health === undefined ? isOpen(port) : isWell(port, health);
        };
        while (!(await isReady())) {
          if (child.exitCode !== null || performance.now() - begin > timeoutMs)
            throw new Error(`${script} does not start (exit code ${child.exitCode})`);
          await delay(pollMs);
        }
      }),
    );
    return performance.now() - begin;
  } finally {
    await Promise.all(
      running.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }),
    );
  }
}

/** Whether a script ends with 0. */
function succeeds(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { cwd, env, stdio: 'ignore' });
    child.once('error', reject).once('exit', (code) => resolve(code === 0));
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

async function isWell(port: number, path: string): Promise<boolean> {
  if (!(await isOpen(port))) return false;
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).ok;
  } catch {
    return false;
  }
}
