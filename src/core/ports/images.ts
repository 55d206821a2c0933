import type { BuildSpec } from '../environmentFile';

/** How images that are made here come to the nodes of a cluster. */
export type ImageRoute =
  /** The nodes run containers in the very engine that builds: there is nothing to push. */
  { readonly kind: 'engine' } | { readonly kind: 'registry'; readonly registry: Registry };

/** A registry's address (`host:port`, perhaps with a path) as this machine sees it, and as the nodes do. */
export interface Registry {
  readonly push: string;
  readonly pull: string;
}

/** The engine that builds. */
export interface ImageEngine {
  /** As nodes tell it of theirs: `20.10.24`. */
  readonly version: string;
  /** What it builds for: `linux/amd64`. */
  readonly platform: string;
  readonly kernel: string;
  /** Of the machine that it runs on. */
  readonly hostName: string;
  /** Whether it is reached within this machine, and not over a network. */
  readonly isLocal: boolean;
}

/** Images of services, named by what they are built of. */
export interface Images {
  /** Asks the engine that builds. @throws missingTool with how to get it, unreachable when it does not run */
  engine(signal?: AbortSignal): Promise<ImageEngine>;
  /** Asks whether a registry is there. @throws unreachable when it is certain that nothing can be pushed to it */
  verifyRegistry(registry: Registry, signal?: AbortSignal): Promise<void>;
  /**
   * Makes an image and brings it to where the cluster finds it. What is there already is neither built nor pushed: the tag is
   * a hash over all that the build sees.
   *
   * @param onLine what the tools print, line by line
   * @throws failed with the build's own last lines, notConfigured where the builder cannot be kept from what is withheld, and what `engine` throws
   */
  make(request: MakeImage, onLine: (line: string) => void, signal?: AbortSignal): Promise<MadeImage>;
}

export interface MakeImage {
  /** Name of the image without registry and tag, as `imageName` gives it. */
  readonly name: string;
  /** The worktree's folder, absolute. */
  readonly folder: string;
  readonly build: BuildSpec;
  readonly route: ImageRoute;
  /** Files of the worktree, relative to it, that come into no image and count for none: they may hold secrets. */
  readonly withheld: readonly string[];
  /** Runs what makes one image while nobody else makes the same one: creates side by side build it once. */
  readonly exclusively: <T>(image: string, work: () => Promise<T>) => Promise<T>;
}

export interface MadeImage {
  /** What a pod names. */
  readonly reference: string;
  readonly built: boolean;
  readonly pushed: boolean;
}

/** A repository's images share one name: their tags tell them apart. */
export function imageName(repositoryName: string): string {
  const plain = repositoryName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return `coppice/${plain || 'repository'}`;
}
