import type { SandboxPlan } from '../../core/agents/sandboxPlan';
import { traitsOf } from '../../core/clusterTraits';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import type { Paths } from '../../core/ports/host';
import type { Reachable } from '../../core/ports/reachable';
import { entryAt, type WantedWorktree } from '../diagnosis/entryAt';
import type { UseCase } from '../run/run';
import { worktreeName } from '../view/worktreeView';
import { sandboxReach } from './sandboxReach';

export interface ReachPorts {
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  /** What a worktree's commands and terminals are told; undefined: it has no environment, or nobody can tell now. */
  readonly variables: (folder: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>> | undefined>;
  /** What commands of an agent in a sandbox may do. */
  readonly planSandbox: (folder: string, signal: AbortSignal) => Promise<SandboxPlan>;
  readonly reachable: Reachable;
  readonly paths: Pick<Paths, 'contains'>;
  /** Of the person: absolute. */
  readonly homeFolder: string;
  /** Of whoever asks. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ReachRequest {
  readonly folder: string;
  /** Folder of the worktree that is meant; undefined: the one that `folder` lies in. */
  readonly path?: WantedWorktree | undefined;
}

export const reachKinds = [
  'files',
  'environments',
  'database',
  'docker',
  'kubernetes',
  'ssh',
  'secrets',
  'network',
] as const;
export type ReachKind = (typeof reachKinds)[number];

/** Something outside of an environment that is open to what runs in it. */
export interface OpenThing {
  readonly kind: ReachKind;
  /** What it is, and where: for a person. */
  readonly what: string;
  /** What follows from it; '' where that is plain. */
  readonly means: string;
}

export interface WorktreeReach {
  readonly name: string;
  readonly reached: readonly OpenThing[];
  /** What was looked for and is not open, in words. */
  readonly closed: readonly string[];
  /** What stays open to an agent that is started in a sandbox, in words. */
  readonly sandboxed: readonly string[];
}

/** Files by which programs of this user are known elsewhere, below the home folder. */
const secrets = [
  ...['.aws/credentials', '.azure', '.config/gcloud', '.config/gh/hosts.yml', '.docker/config.json'],
  ...['.git-credentials', '.gnupg', '.netrc', '.npmrc', '.pgpass', '.pypirc', '.ssh'],
];

/** Of Docker Desktop, Colima, OrbStack and Rancher Desktop, which need not have a link in `/var/run`; below the home folder. */
const dockerSockets = [
  ...['.docker/run/docker.sock', '.docker/desktop/docker.sock'],
  ...['.colima/default/docker.sock', '.orbstack/run/docker.sock', '.rd/docker.sock'],
];

/**
 * What a process of a worktree, an agent, a command of the repository or a service that is no container, can reach outside of its
 * environment: as it is now, by looking, as the user that asks. Nothing is opened but connections, which are closed at once.
 *
 * @throws notFound
 */
export function readReach(ports: ReachPorts): UseCase<ReachRequest, WorktreeReach> {
  return async ({ folder, path }, { signal }) => {
    const snapshot = await ports.readSnapshot(folder, signal);
    const entry = entryAt(ports.paths, snapshot, folder, path);
    const looks = await Promise.all([
      files(ports, entry, snapshot),
      environments(ports, entry, snapshot, signal),
      database(ports, entry, signal),
      docker(ports, signal),
      kubernetes(ports, entry, signal),
      ssh(ports),
      ownSecrets(ports),
      Promise.resolve(network(snapshot)),
    ]);
    const sandboxed = sandboxReach(await ports.planSandbox(entry.worktree.path, signal));
    signal.throwIfAborted();
    const told = looks.flat();
    return {
      name: worktreeName(entry),
      reached: told.filter((each) => typeof each !== 'string'),
      closed: told.filter((each) => typeof each === 'string'),
      sandboxed,
    };
  };
}

/** A text says what is not open. */
type Look = readonly (OpenThing | string)[];

async function files({ reachable, homeFolder }: ReachPorts, entry: WorktreeEntry, snapshot: Snapshot): Promise<Look> {
  const others = snapshot.entries.filter(({ worktree }) => worktree.path !== entry.worktree.path);
  const open = (
    await Promise.all(
      others.map(async (each) => ((await reachable.file(each.worktree.path))?.writes ? [worktreeName(each)] : [])),
    )
  ).flat();
  const home = await reachable.file(homeFolder);
  return [
    open.length > 0
      ? {
          kind: 'files',
          what: `folders of ${plural(open.length, 'other worktree')}: ${listed(open)}`,
          means: 'it can change their files, and by the git directory that all share their branches',
        }
      : 'folders of other worktrees',
    home?.writes
      ? { kind: 'files', what: `the home folder ${homeFolder}`, means: 'it can read and change what this user can' }
      : 'the home folder, for writing',
  ];
}

async function environments(
  { reachable }: ReachPorts,
  entry: WorktreeEntry,
  { entries }: Snapshot,
  signal: AbortSignal,
): Promise<Look> {
  const others = entries.filter(({ worktree, environment }) => environment && worktree.path !== entry.worktree.path);
  const answers = new Map<number, Promise<boolean>>();
  const open: string[] = [];
  for (const other of others) {
    const urls = (other.environment?.services ?? []).flatMap((service) => service.urls);
    for (const port of new Set(urls.flatMap((url) => portOf(url) ?? []))) {
      const asked = answers.get(port) ?? reachable.listens('127.0.0.1', port, signal);
      answers.set(port, asked);
      if (!(await asked)) continue;
      open.push(worktreeName(other));
      break;
    }
  }
  return [
    open.length > 0
      ? {
          kind: 'environments',
          what: `URLs of ${plural(open.length, 'other environment')}: ${listed(open)}`,
          means: '',
        }
      : 'URLs of other environments of this repository',
  ];
}

async function database(
  { variables, reachable }: ReachPorts,
  entry: WorktreeEntry,
  signal: AbortSignal,
): Promise<Look> {
  const url = (await variables(entry.worktree.path, signal))?.['DATABASE_URL'];
  if (url === undefined || !URL.canParse(url)) return ['a database server: this worktree is told of none'];
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isOpen = await reachable.listens(host, Number(port) || 5432, signal);
  if (!isOpen) return [`the database server at ${hostname}:${port || '5432'}`];
  return [
    {
      kind: 'database',
      what: `the database server at ${hostname}:${port || '5432'}, which other environments may have theirs on`,
      means: 'the role that it is told connects to its own database alone',
    },
  ];
}

async function docker({ env, homeFolder, reachable }: ReachPorts, signal: AbortSignal): Promise<Look> {
  const said = env['DOCKER_HOST'] ?? '';
  const means = 'whoever can start containers can mount any folder of that machine: as good as its administrator';
  const remote = /^(?:tcp|https?):\/\/(\[[^\]]+\]|[^:/]+):(\d+)/.exec(said);
  if (remote) {
    const [, host = '', port = ''] = remote;
    return (await reachable.listens(host.replace(/^\[|\]$/g, ''), Number(port), signal))
      ? [{ kind: 'docker', what: `Docker at ${host}:${port} (DOCKER_HOST)`, means }]
      : [`Docker at ${host}:${port} (DOCKER_HOST)`];
  }
  if (said.startsWith('ssh:')) return [{ kind: 'docker', what: `Docker by SSH (DOCKER_HOST=${said})`, means }];
  const named = said.replace(/^unix:\/\//, '');
  const ofUser = dockerSockets.map((each) => `${homeFolder}/${each}`);
  const runtime = env['XDG_RUNTIME_DIR'] ? [`${env['XDG_RUNTIME_DIR']}/docker.sock`] : [];
  const sockets = named === '' ? ['/var/run/docker.sock', ...runtime, ...ofUser] : [named];
  const found = await Promise.all(sockets.map(async (each) => ((await reachable.file(each))?.writes ? [each] : [])));
  const open = found.flat();
  if (open.length === 0) {
    if (isWindows(homeFolder)) return [`Docker by a socket${pipesUnseen}`];
    return [`Docker at ${sockets[0]}${named === '' ? ', or where Docker of one user listens' : ''}`];
  }
  return open.map((each) => ({ kind: 'docker', what: `Docker at ${each}`, means }));
}

async function kubernetes(
  { env, homeFolder, reachable, variables }: ReachPorts,
  entry: WorktreeEntry,
  signal: AbortSignal,
): Promise<Look> {
  const own = (await variables(entry.worktree.path, signal))?.['KUBECONFIG'];
  // A terminal of the environment has its own; what else is there can be named by whoever looks for it.
  const separator = isWindows(homeFolder) ? ';' : ':';
  const named = (env['KUBECONFIG'] ?? '').split(separator).filter((each) => each !== '' && each !== own);
  const candidates = [...new Set([...named, `${homeFolder}/.kube/config`])];
  const open: string[] = [];
  for (const each of candidates) if ((await reachable.file(each))?.reads) open.push(each);
  return open.length > 0
    ? open.map((each) => ({
        kind: 'kubernetes' as const,
        what: `the clusters of ${each}`,
        means: 'with the rights that it gives, whatever they are',
      }))
    : ['kubeconfigs other than its own'];
}

async function ssh({ env, homeFolder, reachable }: ReachPorts): Promise<Look> {
  const socket = env['SSH_AUTH_SOCK'] ?? '';
  const found = socket === '' ? undefined : await reachable.file(socket);
  if (!found?.writes) return [isWindows(homeFolder) ? `an SSH agent by a socket${pipesUnseen}` : 'an SSH agent'];
  return [
    { kind: 'ssh', what: `the SSH agent at ${socket}`, means: 'it can log in, and push, wherever its keys open' },
  ];
}

async function ownSecrets({ homeFolder, reachable }: ReachPorts): Promise<Look> {
  const open: string[] = [];
  for (const each of secrets) if ((await reachable.file(`${homeFolder}/${each}`))?.reads) open.push(`~/${each}`);
  if (open.length === 0) return ['files with logins, of those that are known'];
  return [{ kind: 'secrets', what: `files with logins: ${open.join(', ')}`, means: 'it can read what is in them' }];
}

function network({ clusterIdentity }: Snapshot): Look {
  const isLimited = clusterIdentity && traitsOf(clusterIdentity).enforcesNetwork;
  const what = 'the network of this machine, its loopback, and the internet as far as this machine reaches it';
  return [
    {
      kind: 'network',
      what,
      means: isLimited
        ? 'network policies may limit pods, not what runs in a terminal'
        : 'services are processes of this machine as well, and nothing limits them',
    },
  ];
}

/** Docker Desktop and OpenSSH's agent listen there on pipes, of which a look at files tells nothing. */
const pipesUnseen = ' (pipes of Windows are not looked at)';

function isWindows(homeFolder: string): boolean {
  return /^[A-Za-z]:\\/.test(homeFolder);
}

function portOf(url: string): number | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, port } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}
