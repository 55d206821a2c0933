import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import type { ImageEngine, Images, MadeImage, MakeImage, Registry } from '../../core/ports/images';
import { exec, type ProgramRequest, type ExecResult } from '../exec/exec';
import { secretsOf } from '../../core/variables/secretsOf';
import { contentHash, type ContentHash } from './contentHash';
import {
  buildArguments,
  buildxArguments,
  clientArguments,
  endpointArguments,
  infoArguments,
  inspectArguments,
  manifestArguments,
  parseServer,
  parseText,
  pushArguments,
  tagArguments,
  versionArguments,
} from './dockerArguments';
import { dockerAway, dockerFailure, linesOf, missingDocker, type ToolLine } from './dockerFailure';
import { hasManifest, isOnLoopback, isRegistry } from './registry';

export interface DockerImagesOptions {
  /** The user's environment: DOCKER_HOST and its like say which engine builds. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const maxOutputBytes = 1024 * 1024;
/** A question; builds and pushes take as long as they take. */
const questionMs = 30_000;
/** How often a build may find that its files changed meanwhile. */
const attempts = 3;
/** So many lines of a build are kept, to tell why it failed. */
const keptLines = 40;

/** Of the engine alone: no registry of that name can ever be asked for it. */
const here = 'localhost';

/** Images by the Docker program. */
export class DockerImages implements Images {
  constructor(private readonly options: DockerImagesOptions) {}

  async engine(signal?: AbortSignal): Promise<ImageEngine> {
    const [server, info, endpoint] = await Promise.all([
      this.#ask(versionArguments(), signal),
      this.#ask(infoArguments(), signal),
      this.#endpoint(signal),
    ]);
    const engine = server.exitCode === 0 ? parseServer(server.stdout) : undefined;
    if (!engine) throw dockerAway(server.stderr);
    return { ...engine, hostName: parseText(info.stdout), isLocal: /^(unix|npipe|fd):/.test(endpoint) };
  }

  async verifyRegistry({ push }: Registry, signal?: AbortSignal): Promise<void> {
    const answer = await isRegistry(push, signal);
    // An engine elsewhere, or one behind a proxy, may reach what this process does not.
    const isCertain = isOnLoopback(push) && !/^(tcp|ssh|https?):/.test(await this.#endpoint(signal));
    if (answer !== 'refused' || !isCertain) return;
    throw new AppError('unreachable', `The registry ${push} does not answer: start it, or name another one.`, {
      explanation: 'The setting coppice.registry.push names the registry that images are pushed to.',
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.registry.push' } },
    });
  }

  async make(request: MakeImage, onLine: (line: string) => void, signal?: AbortSignal): Promise<MadeImage> {
    const engine = await this.engine(signal);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const seen = await this.#hash(request, engine, signal);
      const work = (): Promise<MadeImage | undefined> => this.#ensure(request, engine, seen, onLine, signal);
      const image = `${request.name}:${seen.hash}`;
      const made = (await this.#find(request, image, signal)) ?? (await request.exclusively(image, work));
      if (made) return made;
    }
    throw keepsChanging(request);
  }

  /** An image that is where it has to be already. */
  async #find({ route }: MakeImage, image: string, signal: AbortSignal | undefined): Promise<MadeImage | undefined> {
    const isFound =
      route.kind === 'registry'
        ? await this.#isPushed(`${route.registry.push}/${image}`, signal)
        : await this.#isThere(`${here}/${image}`, signal);
    const from = route.kind === 'registry' ? route.registry.pull : here;
    return isFound ? { reference: `${from}/${image}`, built: false, pushed: false } : undefined;
  }

  /** @returns undefined when the files changed while they were built: which of the two the image holds nobody knows */
  async #ensure(
    request: MakeImage,
    engine: ImageEngine,
    seen: ContentHash,
    onLine: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<MadeImage | undefined> {
    const { route, name } = request;
    const image = `${name}:${seen.hash}`;
    const local = `${here}/${image}`;
    // Somebody else may have made it while this one waited for its turn.
    const found = await this.#find(request, image, signal);
    if (found) return found;
    const isThere = await this.#isThere(local, signal);
    if (!isThere) {
      const id = await this.#build(request, seen, onLine, signal);
      if ((await this.#hash(request, engine, signal)).hash !== seen.hash) return undefined;
      await this.#must(`The image of ${where(request)} could not be named`, tagArguments(id, local), signal);
    }
    if (route.kind === 'engine') return { reference: local, built: true, pushed: false };
    await this.#push(local, `${route.registry.push}/${image}`, onLine, signal);
    return { reference: `${route.registry.pull}/${image}`, built: !isThere, pushed: true };
  }

  /** Files that go while they are read are read again: somebody is at work there. */
  async #hash(
    { folder, build, withheld }: MakeImage,
    { platform }: ImageEngine,
    signal: AbortSignal | undefined,
  ): Promise<ContentHash> {
    const readsOwnIgnoreFile = (): Promise<boolean> => this.#hasBuildKit(signal);
    for (let attempt = 1; ; attempt++) {
      try {
        return await contentHash({ folder, build, withheld, platform, readsOwnIgnoreFile }, signal);
      } catch (error) {
        if (!isAppError(error, 'conflict') || attempt >= attempts) throw error;
      }
    }
  }

  /**
   * Whether `docker build` is BuildKit, and not the old builder: as of 23, where the plugin is installed and nobody says
   * otherwise. Only it reads `<Dockerfile>.dockerignore`.
   */
  async #hasBuildKit(signal: AbortSignal | undefined): Promise<boolean> {
    if (/^(0|false)$/i.test(this.options.env['DOCKER_BUILDKIT'] ?? '')) return false;
    const [client, plugin] = await Promise.all([
      this.#ask(clientArguments(), signal),
      this.#ask(buildxArguments(), signal),
    ]);
    return plugin.exitCode === 0 && Number.parseInt(client.stdout, 10) >= 23;
  }

  /** @returns the image's id */
  async #build(
    request: MakeImage,
    { context, dockerfile: original, more }: ContentHash,
    onLine: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-image-'));
    try {
      const idFile = join(folder, 'id');
      const hasBuildKit = await this.#hasBuildKit(signal);
      if (more && more.paths.length > 0 && !hasBuildKit) throw cannotWithhold(request, more.paths);
      // BuildKit takes the ignore file beside the Dockerfile before the one in the context, which is the person's.
      const dockerfile = more && hasBuildKit ? join(folder, basename(original)) : original;
      if (more && hasBuildKit) {
        await copyFile(original, dockerfile);
        await writeFile(`${dockerfile}.dockerignore`, more.ignoreText);
      }
      const argv = buildArguments(request.build, { context, dockerfile, idFile, name: request.name, hasBuildKit });
      await this.#tell(`The image of ${where(request)} could not be built`, argv, onLine, request.build.args, signal);
      return (await readFile(idFile, 'utf8')).trim();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #push(
    local: string,
    remote: string,
    onLine: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const what = `The image ${remote} could not be pushed`;
    await this.#must(what, tagArguments(local, remote), signal);
    await this.#tell(what, pushArguments(remote), onLine, {}, signal);
  }

  async #isPushed(remote: string, signal: AbortSignal | undefined): Promise<boolean> {
    const answer = await hasManifest(remote, signal);
    if (answer !== 'whoAsks') return answer === 'yes';
    return (await this.#ask(manifestArguments(remote, isOnLoopback(remote)), signal)).exitCode === 0;
  }

  async #isThere(reference: string, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#ask(inspectArguments(reference), signal)).exitCode === 0;
  }

  async #endpoint(signal: AbortSignal | undefined): Promise<string> {
    const host = this.options.env['DOCKER_HOST'];
    return host ? host : parseText((await this.#ask(endpointArguments(), signal)).stdout);
  }

  /** Runs what prints much. @param secret values that no line shows */
  async #tell(
    what: string,
    argv: readonly string[],
    onLine: (line: string) => void,
    secret: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const lines: ToolLine[] = [];
    const { exitCode } = await this.#run(
      argv,
      {
        redact: secretsOf(secret),
        onLine: (line, stream) => {
          for (const text of linesOf(line)) {
            lines.push({ text, stream });
            if (lines.length > keptLines) lines.shift();
            onLine(text);
          }
        },
      },
      signal,
    );
    if (exitCode !== 0) throw dockerFailure(what, exitCode, lines);
  }

  async #must(what: string, argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const { exitCode, stderr } = await this.#ask(argv, signal);
    if (exitCode !== 0)
      throw dockerFailure(
        what,
        exitCode,
        linesOf(stderr).map((text) => ({ text, stream: 'stderr' })),
      );
  }

  #ask(argv: readonly string[], signal: AbortSignal | undefined): Promise<ExecResult> {
    return this.#run(argv, { timeoutMs: questionMs }, signal);
  }

  async #run(
    argv: readonly string[],
    how: Pick<ProgramRequest, 'timeoutMs' | 'redact' | 'onLine'>,
    signal: AbortSignal | undefined,
  ): Promise<ExecResult> {
    const { env } = this.options;
    // Lines, and not a picture of them.
    const quiet = { ...env, BUILDKIT_PROGRESS: 'plain', DOCKER_CLI_HINTS: 'false' };
    try {
      // In a folder of the user's: nothing of a repository is read but what the arguments name.
      return await exec(
        { file: 'docker', argv, cwd: homedir(), env: quiet, maxOutputBytes, onOverflow: 'keepEnd', ...how },
        signal,
      );
    } catch (error) {
      if (isAppError(error, 'missingTool')) throw missingDocker(error);
      throw error;
    }
  }
}

function where({ build }: MakeImage): string {
  return build.context === '.' ? 'the repository' : build.context;
}

function cannotWithhold(request: MakeImage, paths: readonly string[]): AppError {
  const file = request.build.context === '.' ? '.dockerignore' : `${request.build.context}/.dockerignore`;
  return new AppError(
    'notConfigured',
    `The image of ${where(request)} would hold ${paths.join(', ')}, which Coppice copies or patches: name ${paths.length === 1 ? 'it' : 'them'} in ${file}.`,
    {
      explanation:
        'What git ignores may hold secrets and comes into no image. Docker without its plugin buildx can only be told so by .dockerignore.',
    },
  );
}

function keepsChanging(request: MakeImage): AppError {
  return new AppError('conflict', `The files of ${where(request)} kept changing while its image was built.`, {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}
