import type { ImageEngine, Images, MadeImage, MakeImage, Registry } from '../../../src/core/ports/images';

/** Images in memory: what is built and pushed is only noted. */
export class FakeImages implements Images {
  /** Calls that change something, in order: "build backend", "push backend". */
  readonly changes: string[] = [];
  /** What `make` was asked for. */
  readonly requests: MakeImage[] = [];
  engineFacts: ImageEngine = {
    version: '28.0.0',
    platform: 'linux/amd64',
    kernel: '6.1.0',
    hostName: 'laptop',
    isLocal: true,
  };
  /** What the files of a context are, for the tag; another text is another image. */
  content = 'one';
  /** Called before each method with its name; what it throws or rejects with is the method's failure. */
  before: (method: string, signal?: AbortSignal) => void | Promise<void> = () => undefined;
  readonly #here = new Set<string>();
  readonly #pushed = new Set<string>();

  async engine(signal?: AbortSignal): Promise<ImageEngine> {
    await this.#enter('engine', signal);
    return this.engineFacts;
  }

  async verifyRegistry(_registry: Registry, signal?: AbortSignal): Promise<void> {
    await this.#enter('verifyRegistry', signal);
  }

  async make(request: MakeImage, onLine: (line: string) => void, signal?: AbortSignal): Promise<MadeImage> {
    this.requests.push(request);
    await this.#enter('make', signal);
    const { build, route, name } = request;
    const image = `${name}:${this.content}-${build.context}`;
    const remote = route.kind === 'registry' ? `${route.registry.push}/${image}` : undefined;
    const reference = route.kind === 'registry' ? `${route.registry.pull}/${image}` : `localhost/${image}`;
    if (remote !== undefined && this.#pushed.has(remote)) return { reference, built: false, pushed: false };
    return request.exclusively(image, async () => {
      const isThere = this.#here.has(image);
      if (!isThere) {
        onLine(`building ${build.context}`);
        this.changes.push(`build ${build.context}`);
        this.#here.add(image);
      }
      if (remote !== undefined) {
        this.changes.push(`push ${build.context}`);
        this.#pushed.add(remote);
      }
      return { reference, built: !isThere, pushed: remote !== undefined };
    });
  }

  async #enter(method: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await this.before(method, signal);
    signal?.throwIfAborted();
  }
}
