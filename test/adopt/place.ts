import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { FreePorts } from '../../packages/cluster/src/network/freePort';
import { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';
import { until } from '../support/until';
import type { Project } from './project';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** A dev server makes a page when it is asked for the first time, on a machine that may do much else. */
export const patience = 300_000;

/** What `coppice create --json` says of an environment. */
export interface Made {
  readonly verdict: 'ready' | 'notReady';
  readonly path: string;
  readonly url: string;
  readonly metricsPorts: Readonly<Record<string, number>>;
}

/** A change of a file: of what stands there, or of all of it. */
interface Change {
  readonly file: string;
  readonly from?: string;
  readonly to: string;
}

/** A folder with a project in a repository of its own, and a home of Coppice's. All that is run there is written to a log. */
export class Place {
  readonly #log: string;

  private constructor(
    readonly project: Project,
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
  ) {
    this.#log = join(root, 'out', 'adopt', `${project.name}.log`);
  }

  static async make(project: Project): Promise<Place> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-adopt-')));
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(GIT_|COPPICE_|KUBECONFIG$|HELM_|npm_)/.test(name),
    );
    const env = {
      ...Object.fromEntries(inherited),
      PATH: [
        ...(project.path ?? []).map((each) => join(folder, each)),
        ...[join(root, 'node_modules', '.bin'), process.env['PATH']],
      ].join(delimiter),
      COPPICE_HOME: join(folder, 'home'),
      COPPICE_GATEWAY_PORT: String(await new FreePorts().take()),
      // On two cores that do other things as well a dev server needs a while for its first page.
      COPPICE_CREATE_READY_TIMEOUT: '480',
      CI: '1',
      ...(project.gitConfig === undefined ? {} : { XDG_CONFIG_HOME: join(folder, 'config') }),
    };
    const place = new Place(project, folder, env);
    await mkdir(dirname(place.#log), { recursive: true });
    if (project.gitConfig) await mkdir(join(folder, 'config', 'git'), { recursive: true });
    for (const [name, value] of project.gitConfig ?? [])
      await place.#run('git', ['config', '--file', join(folder, 'config', 'git', 'config'), name, value], folder);
    for (const [program = '', ...argv] of project.make) await place.#run(program, argv, folder);
    await place.git('init', '--quiet', '--initial-branch', 'main');
    await place.git('config', 'user.name', 'Newcomer');
    await place.git('config', 'user.email', 'newcomer@example.com');
    await place.git('add', '--all');
    await place.git('commit', '--quiet', '--allow-empty', '--message', 'As it came');
    return place;
  }

  get repository(): string {
    return join(this.folder, 'project');
  }

  async git(...argv: string[]): Promise<string> {
    return this.#run('git', argv, this.repository);
  }

  async coppice(...argv: string[]): Promise<string> {
    return this.#run(process.execPath, [join(root, 'dist', 'cli.js'), ...argv], this.repository);
  }

  async create(name: string): Promise<Made> {
    const made = JSON.parse(await this.coppice('create', name, '--yes', '--json')) as Made;
    expect(made.verdict).toBe('ready');
    return made;
  }

  /** What a create says that has to fail. */
  async createFails(name: string): Promise<string> {
    try {
      await this.coppice('create', name, '--yes');
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return stdout + stderr;
    }
    throw new Error(`An environment was made for ${name}`);
  }

  /** A change of the main worktree, committed. */
  async commit(change: Change, message: string): Promise<void> {
    await this.#apply(this.repository, change);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  urlOf(
    made: Made | undefined,
    { path, host }: { readonly path: string; readonly host?: string | undefined } = this.#asked(),
  ): string {
    const url = new URL(path, made?.url);
    if (host !== undefined) url.hostname = `${host}.${url.hostname}`;
    return url.href;
  }

  #asked(): { readonly path: string; readonly host: string | undefined } {
    return { path: this.project.asks ?? '/', host: this.project.host };
  }

  /** Waits until the page has the text. */
  async says(
    made: Made | undefined,
    text: string,
    where?: { readonly path: string; readonly host?: string },
  ): Promise<void> {
    const url = new URL(this.urlOf(made, where));
    const ask = (): Promise<string> =>
      this.#run(
        'curl',
        ['-sL', '-m', '120', '--resolve', `${url.hostname}:${url.port || '80'}:127.0.0.1`, url.href],
        this.folder,
      );
    let last = '';
    await until(async () => {
      last = await ask().catch(String);
      return last.includes(text);
    }, patience).catch((error: unknown) => {
      throw new Error(`${url.href} does not say ${JSON.stringify(text)}: ${last.slice(0, 2000)}`, { cause: error });
    });
  }

  async change(made: Made | undefined): Promise<void> {
    await this.#apply(made?.path ?? '', this.project.change);
  }

  async dispose(): Promise<void> {
    await this.coppice('cluster', 'stop').catch(() => undefined);
    const { folder } = new EmbeddedPostgres({ home: join(this.folder, 'home'), env: this.env });
    await rm(folder, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true });
  }

  async #apply(folder: string, { file, from, to }: Change): Promise<void> {
    const path = join(folder, file);
    if (from === undefined) return this.#save(path, to);
    const before = await readFile(path, 'utf8');
    expect(before).toContain(from);
    return this.#save(path, before.replace(from, to));
  }

  /** At once: a dev server that sees a file of a route empty for a moment may fill it by itself, and over what is written then. */
  async #save(path: string, text: string): Promise<void> {
    const whole = join(this.folder, 'saved');
    await writeFile(whole, text);
    await rename(whole, path);
  }

  async #run(program: string, argv: readonly string[], cwd: string): Promise<string> {
    await this.#note(`$ ${[program, ...argv].join(' ')}`);
    const begin = performance.now();
    const child = run(program, [...argv], { cwd, env: this.env, maxBuffer: 64 * 1024 * 1024, timeout: 14 * 60_000 });
    child.child.stdin?.end();
    const ended = (): string => `(${((performance.now() - begin) / 1000).toFixed(1)} s)`;
    try {
      const { stdout, stderr } = await child;
      await this.#note(`${stdout}${stderr}${ended()}`);
      return stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      await this.#note(`${stdout}${stderr}\n${String(error)} ${ended()}`);
      throw error;
    }
  }

  async #note(text: string): Promise<void> {
    await appendFile(this.#log, `${text}\n`);
  }
}
