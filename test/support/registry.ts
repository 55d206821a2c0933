import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../scripts/workplace/run.mjs';

const program = '/usr/bin/docker-registry';

/** Debian's package with the registry's program; installed as root on Debian. @returns why there is none; undefined: there is */
export async function ensureRegistry(): Promise<string | undefined> {
  if (existsSync(program)) return undefined;
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*debian/m.test(system) || process.getuid?.() !== 0)
    return `there is no ${program}, which only root on Debian can have installed here`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const orElse = 'The registry could not be installed: run "apt-get install docker-registry" and see why.';
  await mustRun('apt-get', ['update', '-qq'], { env, orElse });
  await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'docker-registry'], { env, orElse });
  return undefined;
}

/** A registry of images on loopback, with nothing in it. */
export interface TestRegistry {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** How many images were pushed: manifests that were put there. */
  readonly pushes: () => number;
  dispose(): Promise<void>;
}

/** @param accounts the text of an htpasswd file; without it nobody is asked who they are */
export async function startRegistry(accounts?: string): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-registry-'));
  const config = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: '127.0.0.1:0' },
    ...(accounts === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: join(folder, 'accounts') } } }),
  };
  if (accounts !== undefined) await writeFile(join(folder, 'accounts'), accounts);
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The registry ended with ${code}: ${said}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    address,
    pushes: () => new Set(said.match(/"PUT \/v2\/[^"]*\/manifests\/[^" ]+/g) ?? []).size,
    async dispose() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
