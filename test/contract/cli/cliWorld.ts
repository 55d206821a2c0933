import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cliMachine, type CliPostgres } from '../../support/cliMachine';
import { inTurn } from '../../support/inTurn';
import { isAlive, until } from '../../support/until';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const cliProgram = join(root, 'dist', 'cli.js');
const run = promisify(execFile);

export interface CliResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Without it the repository. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether what the repository runs is approved in advance; true unless the test is about that. */
  readonly isApproved?: boolean;
}

/** A command that runs while the test goes on. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  stdout(): string;
  stderr(): string;
}

/** Lines of standard error that are neither the news of a step nor an explanation, which is indented. */
export function messageLines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/^(?:[✓✗↶!] | {2})/.test(line));
}

/** The sample repository in a folder of its own, with a COPPICE_HOME of its own, and the built CLI to use it. */
export class CliWorld {
  readonly #pids = new Set<number>();

  private constructor(
    readonly folder: string,
    readonly repository: string,
    readonly home: string,
    readonly env: NodeJS.ProcessEnv,
    readonly gatewayPort: number,
    readonly postgres: CliPostgres,
  ) {}

  /** @param within a folder in which all of it is to be */
  static async create({ within = '.' }: { readonly within?: string } = {}): Promise<CliWorld> {
    if (!existsSync(cliProgram)) throw new Error('The CLI is not built: npm run build');
    const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'coppice-cli-'))), within);
    await mkdir(folder, { recursive: true });
    const repository = await cliMachine.sampleRepository(join(folder, 'place'));
    const home = join(folder, 'home');
    const gatewayPort = await cliMachine.freePort();
    await writeFile(join(folder, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.com\n');
    const inherited = Object.entries(process.env).filter(([name]) => !/^(GIT_|COPPICE_|KUBECONFIG$|HELM_)/.test(name));
    const env = {
      ...Object.fromEntries(inherited),
      PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
      HOME: folder,
      USERPROFILE: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      COPPICE_HOME: home,
      COPPICE_GATEWAY_PORT: String(gatewayPort),
      // The sample's worker is well; how long such a one is watched is a test of its own.
      COPPICE_CREATE_STEADY_TIME: '1',
    };
    return new CliWorld(folder, repository, home, env, gatewayPort, cliMachine.postgresOf(home, env));
  }

  /** Where `create` puts the worktree with this slug. */
  worktree(slug: string): string {
    return join(dirname(this.repository), 'fibonacci.worktrees', slug);
  }

  /** Puts a program where Claude Code's own installer would, which says that it is this version. */
  async installClaude(version: string): Promise<void> {
    const bin = join(this.folder, '.local', 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'claude'), `#!/bin/sh\necho '${version} (Claude Code)'\n`, { mode: 0o755 });
    await writeFile(join(bin, 'claude.cmd'), `@echo ${version}\r\n`);
    this.env['PATH'] = [bin, this.env['PATH']].join(delimiter);
  }

  async cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return this.start(args, options).done;
  }

  /** What `--json` printed, of a command that succeeded. */
  async json<T>(args: readonly string[], options: CliOptions = {}): Promise<T> {
    const result = await this.cli([...args, '--json'], options);
    if (result.code !== 0)
      throw new Error(`coppice ${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  start(args: readonly string[], options: CliOptions = {}): RunningCli {
    return this.#start(args, options, 'ignore');
  }

  /** With a standard input that the test writes. */
  startPiped(args: readonly string[], options: CliOptions = {}): RunningCli {
    return this.#start(args, options, 'pipe');
  }

  #start(
    args: readonly string[],
    { cwd = this.repository, env = {}, isApproved = true }: CliOptions,
    stdin: 'ignore' | 'pipe',
  ): RunningCli {
    const argv = isApproved && args[0] === 'create' ? ['create', '--yes', ...args.slice(1)] : args;
    const child = spawn(process.execPath, [cliProgram, ...argv], {
      cwd,
      env: { ...this.env, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    if (!child.stdout || !child.stderr) throw new Error('the CLI was started without pipes');
    child.stdin?.on('error', () => undefined);
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    const done = new Promise<CliResult>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...said }));
    });
    const { pid } = child;
    if (pid !== undefined) {
      this.#pids.add(pid);
      child.once('close', () => this.#pids.delete(pid));
    }
    return { child, done, stdout: () => said.stdout, stderr: () => said.stderr };
  }

  async git(...argv: string[]): Promise<string> {
    return this.gitIn(this.repository, ...argv);
  }

  /** In turn: git fails where it reads the record of a worktree that another git is just writing. */
  readonly addWorktree = inTurn((...argv: string[]) => this.git('worktree', 'add', ...argv));

  async gitIn(cwd: string, ...argv: string[]): Promise<string> {
    const { stdout } = await run('git', argv, { cwd, env: this.env });
    return stdout.trimEnd();
  }

  /** A page through the gateway, by the address that a person would open. */
  async fetch(address: string, init: { method?: string } = {}): Promise<{ status: number; text: string }> {
    const url = new URL(address);
    return new Promise((resolve, reject) => {
      // Not every machine resolves names below localhost; browsers do it themselves.
      const options = {
        host: '127.0.0.1',
        port: url.port,
        path: url.pathname + url.search,
        headers: { host: url.host },
      };
      const call = httpRequest({ ...options, method: init.method ?? 'GET', agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.once('error', reject);
      call.end();
    });
  }

  /** An object or a list of the cluster. */
  async kubernetes<T>(path: string): Promise<T> {
    const [{ server }, token, kubeconfig] = await Promise.all([
      readFile(join(this.home, 'cluster', 'cluster.json'), 'utf8').then((text): { server: string } => JSON.parse(text)),
      readFile(join(this.home, 'cluster', 'token'), 'utf8'),
      readFile(join(this.home, 'cluster', 'kubeconfig'), 'utf8'),
    ]);
    const ca = Buffer.from(/certificate-authority-data"?: *"?([\w+/=]+)/.exec(kubeconfig)?.[1] ?? '', 'base64');
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token.trim()}`, Accept: 'application/json' };
      const call = httpsRequest(new URL(path, server), { ca, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => resolve(JSON.parse(text)));
      });
      call.once('error', reject);
      call.end();
    });
  }

  /** Objects as `namespace/name`, sorted. */
  async objects(path: string): Promise<string[]> {
    const { items } = await this.kubernetes<{ items: { metadata: { namespace?: string; name: string } }[] }>(path);
    return items.map(({ metadata }) => [metadata.namespace, metadata.name].filter(Boolean).join('/')).sort();
  }

  async sql<T extends Record<string, unknown>>(text: string): Promise<T[]> {
    return this.postgres.sql<T>(text);
  }

  /** All that a create or a delete could change, to be compared with itself later. */
  async everything(): Promise<Record<string, unknown>> {
    const isClusterUp = existsSync(join(this.home, 'cluster', 'cluster.json'));
    const place = dirname(this.repository);
    const worktrees = join(place, 'fibonacci.worktrees');
    return {
      // Those of Coppice's own lead to what was deleted, and stay on purpose.
      refs: await this.git('for-each-ref', 'refs/heads', 'refs/remotes', 'refs/tags', 'refs/stash'),
      worktrees: await this.git('worktree', 'list', '--porcelain'),
      status: await this.git('status', '--porcelain', '--ignored'),
      settings: await readFile(join(this.repository, '.git', 'config'), 'utf8'),
      // The folder that holds worktrees may stay, empty, as git leaves it.
      folders: [
        (await names(place)).filter((name) => name !== basename(worktrees)),
        await names(worktrees),
        await names(join(this.repository, '.git', 'worktrees')),
      ],
      isClusterUp,
      namespaces: isClusterUp ? await this.objects('/api/v1/namespaces') : [],
      secrets: isClusterUp ? await this.objects('/api/v1/secrets') : [],
      deployments: isClusterUp ? await this.objects('/apis/apps/v1/deployments') : [],
      ...(await this.databases()),
    };
  }

  async databases(): Promise<{ databases: string[]; roles: string[] }> {
    if (!(await this.postgres.probe())) return { databases: [], roles: [] };
    // What a delete keeps for an undo stays on purpose, as its worktree does in the trash.
    const named = async (text: string): Promise<string[]> =>
      (await this.sql<{ name: string }>(text)).flatMap(({ name }) => (name.startsWith('coppice_kept_') ? [] : name));
    return {
      databases: await named('SELECT datname AS name FROM pg_database ORDER BY 1'),
      roles: await named("SELECT rolname AS name FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1"),
    };
  }

  /** Processes of this world's cluster and database server that run now. */
  async processes(): Promise<number[]> {
    const cluster = join(this.home, 'cluster');
    const pids: number[] = [];
    const own = await readFile(join(cluster, 'cluster.json'), 'utf8').catch(() => undefined);
    if (own !== undefined) pids.push((JSON.parse(own) as { pid: number }).pid);
    const registry = await readFile(join(cluster, 'processes.json'), 'utf8').catch(() => undefined);
    if (registry !== undefined)
      pids.push(...(await cliMachine.findMarked((JSON.parse(registry) as { mark: string }).mark)));
    const postmaster = join(this.postgres.folder, 'server', 'data', 'postmaster.pid');
    const server = await readFile(postmaster, 'utf8').catch(() => undefined);
    if (server !== undefined) pids.push(Number(server.split('\n', 1)[0]));
    return [...new Set(pids)].filter(isAlive);
  }

  async dispose(): Promise<void> {
    for (const pid of this.#pids) process.kill(pid, 'SIGKILL');
    await until(() => this.#pids.size === 0);
    const stopped = await this.cli(['cluster', 'stop'], { cwd: tmpdir() });
    if (stopped.code !== 0) throw new Error(`coppice cluster stop: ${stopped.code}\n${stopped.stderr}`);
    await rm(this.postgres.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
