import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { hasScriptRunners, scriptRunners } from '../../support/kubernetesTools';
import { createNamespace, deploy, expectStatus, makeFolder, podsOf } from '../../support/services';
import { isAlive, until } from '../../support/until';
import { version } from '../../../package.json';
import { verifies } from '../../support/verified';

verifies('Embedded cluster', () => version, {
  obtained: 'this repository',
  asked: 'that no process of a pod outlives it, whatever starts it',
});

const ns = 'daemons';
const node = process.execPath;

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;

async function patchAll(spec: Record<string, unknown>, services = Object.keys(commands())): Promise<void> {
  for (const name of services) {
    const path = `/apis/apps/v1/namespaces/${ns}/deployments/${name}`;
    await expectStatus(cluster, 200, 'PATCH', path, { spec }, 'application/strategic-merge-patch+json');
  }
}

/** What a person does with services, and what happens to a cluster; and how all come back afterwards. */
const ends: [string, end: () => Promise<unknown>, back: () => Promise<unknown>][] = [
  [
    'a restart',
    () => {
      const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
      return patchAll({ template: { metadata: { annotations } } });
    },
    () => Promise.resolve(),
  ],
  ['a scale to 0', () => patchAll({ replicas: 0 }), () => patchAll({ replicas: 1 })],
  ['the stop of the cluster', () => cluster.stop(), () => startAgain()],
  ['the death of the cluster', () => cluster.crash(), () => startAgain()],
  ['a delete', () => expectStatus(cluster, 200, 'DELETE', `/api/v1/namespaces/${ns}`), () => Promise.resolve()],
];

async function startAgain(): Promise<void> {
  cluster = await cluster.startAgain();
}

/** Seconds that a pod is given to end, as those of environments are, and nearly all of which its program needs. */
const grace = 5;
const needed = 4;

const leaf = (name: string): string => `${folder.path}/leaf.sh ${folder.path}/pids/${name}`;
const files = {
  // Says its number, and lives on.
  'leaf.sh': '#!/bin/sh\necho $$ > "$1.$$"\nexec sleep 600\n',
  'spawn.cjs': `const { spawn } = require('node:child_process');
    const [name] = process.argv.slice(2);
    spawn('/bin/sh', [process.cwd() + '/leaf.sh', process.cwd() + '/pids/' + name], { detached: true, stdio: 'ignore', env: {}, cwd: '/' }).unref();
    setInterval(() => {}, 1000);`,
  'program.cjs': `const { writeFileSync } = require('node:fs');
    const file = require('node:path').join(__dirname, 'pids', process.argv[2]);
    let asked = false;
    process.on('SIGTERM', () => {
      if (asked) return;
      asked = true;
      setTimeout(() => { writeFileSync(file + '.done', ''); process.exit(0); }, ${needed * 1000});
    });
    // A second signal is nothing new.
    process.on('SIGINT', () => {});
    writeFileSync(file + '.' + process.pid, String(process.pid));
    setInterval(() => {}, 1000);`,
  // As nodemon, which passes the signal on and adds others that it thinks are needed.
  'insistent.cjs': `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });
    process.on('SIGTERM', () => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGINT']) child.kill(signal);
    });
    child.on('exit', () => process.exit(143));`,
  // As npm where the shell does not become what it runs, and a script runner between two commands: gone before its program is.
  'early.cjs': `require('node:child_process').spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });
    process.on('SIGTERM', () => process.exit(143));`,
  'package.json': JSON.stringify({
    name: 'app',
    version: '1.0.0',
    scripts: {
      dev: 'node program.cjs npm',
      watch: 'true && node --watch program.cjs npm-watch',
      bun: 'true && node program.cjs bun',
      pnpm: 'true && node program.cjs pnpm',
    },
  }),
};

/** Programs that leave a process somewhere else. The first one stays, so that it is not the crash that ends all. */
function daemons(): Record<string, string[]> {
  const stay = 'exec sleep 600';
  const sh = (text: string): string[] => ['sh', '-c', text];
  return {
    background: sh(`sh ${leaf('background')} & ${stay}`),
    nohup: sh(`nohup sh ${leaf('nohup')} >/dev/null 2>&1 & ${stay}`),
    setsid: sh(`setsid sh ${leaf('setsid')} & ${stay}`),
    'setsid-fork': sh(`setsid -f sh ${leaf('setsid-fork')}; ${stay}`),
    'double-fork': sh(`(setsid sh -c 'sh ${leaf('double-fork')} &' &); ${stay}`),
    'no-environment': sh(`env -i /usr/bin/setsid -f /bin/sh ${leaf('no-environment')}; ${stay}`),
    'all-at-once': sh(
      `(env -i /usr/bin/setsid /bin/sh -c 'cd /; /bin/sh ${leaf('all-at-once')} &' </dev/null >/dev/null 2>&1 &); ${stay}`,
    ),
    'deaf-daemon': sh(`env -i setsid -f sh -c 'trap "" TERM HUP INT; sh ${leaf('deaf-daemon')}; :'; ${stay}`),
    'by-node': [node, 'spawn.cjs', 'by-node'],
  };
}

/** Ways to start a program that puts something before it. */
function wrappers(): Record<string, string[]> {
  return {
    node: [node, 'program.cjs', 'node'],
    shell: ['sh', '-c', `${node} program.cjs shell; true`],
    npm: ['npm', 'run', 'dev'],
    watch: [node, '--watch', 'program.cjs', 'watch'],
    between: ['sh', '-c', `true && ${node} program.cjs between && true`],
    insistent: [node, 'insistent.cjs', 'program.cjs', 'insistent'],
    early: [node, 'early.cjs', 'program.cjs', 'early'],
    'npm-watch': ['npm', 'run', 'watch'],
    shells: ['sh', '-c', `sh -c "sh -c '${node} program.cjs shells; true'; true"; true`],
    ...(hasScriptRunners() ? realRunners() : {}),
  };
}

/** Those that are imitated above as well, for where they are not installed. */
function realRunners(): Record<string, string[]> {
  return {
    nodemon: [scriptRunners.nodemon, 'program.cjs', 'nodemon'],
    bun: [scriptRunners.bun, 'run', 'bun'],
    pnpm: [scriptRunners.pnpm, 'run', 'pnpm'],
  };
}

const doneFile = (name: string): string => join(folder.path, 'pids', `${name}.done`);

/** Of `<name>.<number>` in the folder: the processes that said so. */
function pidsOf(name: string): number[] {
  return readdirSync(join(folder.path, 'pids')).flatMap((file) => {
    const match = /^(.+)\.(\d+)$/.exec(file);
    return match?.[1] === name ? [Number(match[2])] : [];
  });
}

const commands = (): Record<string, string[]> => ({ ...daemons(), ...wrappers() });

beforeAll(async () => {
  folder = await makeFolder(files);
  await mkdir(join(folder.path, 'pids'));
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
}, 120_000);

describe.runIf(process.platform === 'linux')(
  'what a pod left running anywhere ends, and what is asked has its time',
  () => {
    beforeAll(async () => {
      const pod = { terminationGracePeriodSeconds: grace };
      for (const [name, command] of Object.entries(commands())) {
        await deploy(cluster, ns, name, { folder: folder.path, command, pod });
      }
    });

    it.each(ends)(
      'at %s',
      async (_, end, back) => {
        const running = new Map<string, number>();
        for (const name of Object.keys(commands())) {
          running.set(name, await until(() => pidsOf(name).find(isAlive), 60_000));
        }
        for (const name of Object.keys(wrappers())) rmSync(doneFile(name), { force: true });
        await end();
        for (const [name, pid] of running) {
          await until(() => !isAlive(pid), 30_000).catch(() => expect.fail(`${name} lives on`));
        }
        const notAsked = Object.keys(wrappers()).filter((name) => !existsSync(doneFile(name)));
        expect(notAsked).toEqual([]);
        await back();
      },
      180_000,
    );
  },
);

it.runIf(process.platform === 'linux')('a first process that ends by itself takes all others along', async () => {
  const name = 'short';
  const command = ['sh', '-c', `env -i setsid -f sh ${leaf(name)}; sleep 1; exit 3`];
  await createNamespace(cluster, 'single');
  await deploy(cluster, 'single', name, { folder: folder.path, command });
  const pid = await until(() => pidsOf(name)[0]);
  expect(isAlive(pid)).toBe(true);
  await until(() => !isAlive(pid));
});

it.runIf(process.platform === 'linux')(
  'a process of the same folder that is nobody of a pod is left alone',
  async () => {
    const { spawn } = await import('node:child_process');
    const stranger = spawn('sh', ['leaf.sh', 'pids/stranger'], { cwd: folder.path, stdio: 'ignore', detached: true });
    try {
      const pid = await until(() => pidsOf('stranger')[0]);
      const command = daemons()['setsid'] ?? [];
      await createNamespace(cluster, 'strange');
      await deploy(cluster, 'strange', 'setsid', { folder: folder.path, command });
      await until(async () => (await podsOf(cluster, 'strange', 'setsid'))[0]?.status.phase === 'Running');
      await cluster.stop();
      expect(isAlive(pid)).toBe(true);
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max file locks +unlimited/);
    } finally {
      stranger.kill('SIGKILL');
    }
  },
);
