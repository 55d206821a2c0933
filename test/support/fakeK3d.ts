import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface FakeK3dCluster {
  name: string;
  mark: string | undefined;
  running: boolean;
  ports: string[];
  servers: number;
  registry: string | undefined;
}

/** How the programs behave from now on; each is as usual where nothing is said. */
export interface FakeK3dMood {
  dockerAway?: boolean;
  version?: string;
  /** 'fails': as k3d does, with everything rolled back; 'hangsEarly': only a registry is there; 'hangsLate': nodes are. */
  create?: 'fails' | 'hangsEarly' | 'hangsLate';
  delete?: 'fails';
  start?: 'fails';
  /** What the kubeconfig says instead of a plausible one. */
  kubeconfig?: string;
}

export interface FakeK3d {
  /** Environment in which `k3d` and `docker` are these. */
  readonly env: Record<string, string | undefined>;
  /** What is to be at ~/.kube/config of that environment. */
  readonly userKubeconfig: string;
  /** Argument vectors so far, the program's name first. */
  calls(): Promise<string[][]>;
  clusters(): Promise<FakeK3dCluster[]>;
  registries(): Promise<string[]>;
  /** The config of the last create. */
  config(): Promise<unknown>;
  put(cluster: FakeK3dCluster): Promise<void>;
  behave(mood: FakeK3dMood): Promise<void>;
}

/** Puts programs named `k3d` and `docker` on a PATH of their own: they remember clusters in a file and answer as k3d 5.8 does. Linux and macOS. */
export async function installFakeK3d(folder: string, server = 'https://127.0.0.1:6550'): Promise<FakeK3d> {
  const bin = join(folder, 'bin');
  const home = join(folder, 'user');
  const userKubeconfig = join(home, '.kube', 'config');
  await mkdir(join(home, '.kube'), { recursive: true });
  await mkdir(bin, { recursive: true });
  await writeFile(userKubeconfig, 'apiVersion: v1\nkind: Config\ncurrent-context: prod\n');
  const yaml = createRequire(import.meta.url).resolve('yaml');
  for (const name of ['k3d', 'docker']) {
    await writeFile(join(bin, name), program(name, folder, yaml, server));
    await chmod(join(bin, name), 0o755);
  }
  const read = async <T>(file: string, otherwise: T): Promise<T> =>
    readFile(join(folder, file), 'utf8').then(
      (text) => JSON.parse(text) as T,
      () => otherwise,
    );
  const state = () =>
    read<{ clusters: FakeK3dCluster[]; registries: string[] }>('state.json', { clusters: [], registries: [] });
  return {
    env: { PATH: bin, HOME: home },
    userKubeconfig,
    calls: async () =>
      (await readFile(join(folder, 'calls'), 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as string[]),
    clusters: async () => (await state()).clusters,
    registries: async () => (await state()).registries,
    config: () => read('config.json', undefined),
    put: async (cluster) => {
      const { clusters, registries } = await state();
      const all = cluster.registry === undefined ? registries : [...registries, cluster.registry];
      await writeFile(
        join(folder, 'state.json'),
        JSON.stringify({ clusters: [...clusters, cluster], registries: all }),
      );
    },
    behave: (mood) => writeFile(join(folder, 'mood.json'), JSON.stringify(mood)),
  };
}

function program(name: string, folder: string, yaml: string, server: string): string {
  return `#!${process.execPath}
'use strict';
const fs = require('node:fs'), path = require('node:path');
const folder = ${JSON.stringify(folder)};
const file = (name) => path.join(folder, name);
const read = (name, otherwise) => { try { return JSON.parse(fs.readFileSync(file(name), 'utf8')); } catch { return otherwise; } };
const write = (name, value) => fs.writeFileSync(file(name), JSON.stringify(value));
const argv = process.argv.slice(2);
fs.appendFileSync(file('calls'), JSON.stringify([${JSON.stringify(name)}, ...argv]) + '\\n');
const mood = read('mood.json', {});
const state = read('state.json', { clusters: [], registries: [] });
const save = () => write('state.json', state);
${name === 'docker' ? dockerPart : k3dPart(yaml, server)}`;
}

const dockerPart = `
if (argv[0] === 'version') {
  if (mood.dockerAway) { console.error('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'); process.exit(1); }
  console.log('29.1.3');
}
`;

const k3dPart = (yaml: string, server: string): string => `
const quiet = process.env.LOG_LEVEL === 'warn';
const log = (level, msg) => {
  if (level === 'info' && quiet) return;
  (level === 'info' ? process.stdout : process.stderr).write('time="2026-11-22T10:00:00Z" level=' + level + ' msg=' + JSON.stringify(msg) + '\\n');
};
const fatal = (msg) => { log('fatal', msg); process.exit(1); };
const hang = () => setInterval(() => undefined, 1000);
const [noun, verb, ...rest] = argv;
const named = (name) => state.clusters.find((cluster) => cluster.name === name);
if (mood.dockerAway && noun !== 'version') fatal('runtime failed to list nodes: docker failed to get containers');
if (noun === 'version') console.log('k3d version v' + (mood.version ?? '5.8.3') + '\\nk3s version v1.31.5-k3s1 (default)');
else if (noun + ' ' + verb === 'cluster list') console.log(JSON.stringify(state.clusters.map((cluster) => ({
  name: cluster.name,
  network: { name: 'k3d-' + cluster.name, id: 'abc', ipam: {} , Members: null },
  nodes: [
    ...Array.from({ length: cluster.servers }, (_, index) => ({ name: 'k3d-' + cluster.name + '-server-' + index, role: 'server', State: { Running: cluster.running, Status: 'running', Started: '' }, runtimeLabels: { 'k3d.cluster': cluster.name, ...(cluster.mark ? { 'k3d-coppice/mark': cluster.mark } : {}) } })),
    { name: 'k3d-' + cluster.name + '-serverlb', role: 'loadbalancer', portMappings: Object.fromEntries(cluster.ports.map((port) => { const [ip, host, inside] = port.split(':'); return [inside + '/tcp', [{ HostIp: ip, HostPort: host }]]; })), runtimeLabels: {} },
  ],
  InitNode: null,
  serversRunning: cluster.running ? cluster.servers : 0, serversCount: cluster.servers, agentsRunning: 0, agentsCount: 2, hasLoadbalancer: true,
}))));
else if (noun + ' ' + verb === 'registry list') console.log(JSON.stringify(state.registries.map((name) => ({ name, role: 'registry' }))));
else if (noun + ' ' + verb === 'cluster create') {
  const config = require(${JSON.stringify(yaml)}).parse(fs.readFileSync(rest[1], 'utf8')
    // As Go's os.ExpandEnv does, which k3d calls on the file.
    .replace(/\\$(?:\\{(\\w+)\\}|(\\w+)|([*#$@!?-]))/g, (_, braced, bare) => process.env[braced ?? bare] ?? ''));
  write('config.json', config);
  const name = config.metadata.name;
  if (named(name)) fatal("Failed to create cluster '" + name + "' because a cluster with that name already exists");
  log('info', 'Prep: Network');
  state.registries.push(config.registries.create.name); save();
  log('info', "Successfully created registry '" + config.registries.create.name + "'");
  log('info', "Pulling image 'docker.io/rancher/k3s:v1.31.5-k3s1'");
  if (mood.create === 'hangsEarly') hang();
  else {
    const mark = config.options.runtime.labels[0].label.split('=')[1];
    state.clusters.push({ name, mark, running: true, ports: config.ports.map(({ port }) => port), servers: config.servers, registry: config.registries.create.name });
    save();
    log('info', "Starting node 'k3d-" + name + "-server-0'");
    if (mood.create === 'hangsLate') hang();
    else if (mood.create === 'fails') {
      state.clusters = state.clusters.filter((cluster) => cluster.name !== name);
      state.registries = state.registries.filter((registry) => registry !== config.registries.create.name);
      save();
      log('error', 'Failed Cluster Start: driver failed programming external connectivity on endpoint: Bind for 127.0.0.1:80 failed: port is already allocated');
      log('error', 'Failed to create cluster >>> Rolling Back');
      fatal('Cluster creation FAILED, all changes have been rolled back!');
    } else log('info', "Cluster '" + name + "' created successfully!");
  }
} else if (noun + ' ' + verb === 'kubeconfig get') {
  if (!named(rest[0])) fatal("No nodes found for given cluster");
  const context = 'k3d-' + rest[0];
  console.log('---');
  console.log(mood.kubeconfig ?? require(${JSON.stringify(yaml)}).stringify({ apiVersion: 'v1', kind: 'Config',
    clusters: [{ name: context, cluster: { server: ${JSON.stringify(server)}, 'certificate-authority-data': Buffer.from('the authority').toString('base64'), ...(${JSON.stringify(server.startsWith('http:'))} ? { 'insecure-skip-tls-verify': true } : {}) } }],
    users: [{ name: 'admin@' + context, user: { token: 'secret' } }],
    contexts: [{ name: context, context: { cluster: context, user: 'admin@' + context } }], 'current-context': context }));
} else if (noun + ' ' + verb === 'cluster start' || noun + ' ' + verb === 'cluster stop') {
  if (!named(rest[0])) fatal("No nodes found for given cluster");
  if (verb === 'start' && mood.start === 'fails') fatal('failed to start node: Ports are not available');
  named(rest[0]).running = verb === 'start'; save();
  log('info', "Started cluster '" + rest[0] + "'");
} else if (noun + ' ' + verb === 'cluster delete') {
  if (mood.delete === 'fails') fatal('Failed to delete 1 nodes: Try to delete them manually');
  state.clusters = state.clusters.filter((cluster) => cluster.name !== rest[0]);
  state.registries = state.registries.filter((registry) => registry !== 'k3d-' + rest[0] + '-registry');
  save();
  // As k3d does: it rewrites the kubeconfig that it finds.
  const kubeconfig = process.env.KUBECONFIG || path.join(process.env.HOME, '.kube', 'config');
  if (fs.existsSync(kubeconfig)) fs.appendFileSync(kubeconfig, '# rewritten by k3d\\n');
  else log('warning', 'Failed to remove cluster details from default kubeconfig');
} else fatal('unknown command');
`;
