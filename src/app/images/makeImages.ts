import type { EnvironmentFile } from '../../core/environmentFile';
import { AppError, isAbort, toAppError } from '../../core/errors';
import { imageName, type ImageRoute, type Images, type MadeImage } from '../../core/ports/images';
import type { Locks } from '../../core/ports/host';
import { imageBuilds, type ImageBuild } from './imageBuilds';
import { withPatientLock } from '../run/withLock';

export interface ImageRequest {
  readonly repositoryName: string;
  /** The worktree's. */
  readonly folder: string;
  readonly file: Pick<EnvironmentFile, 'services'>;
  readonly route: ImageRoute;
  /** See `MakeImage`. */
  readonly withheld: readonly string[];
}

export interface MadeImages {
  /** What each service's pods name, of those that are built. */
  readonly references: ReadonlyMap<string, string>;
  /** What there is to say of it, for a person. */
  readonly detail: string;
}

/**
 * The images of all services that are built, at the same time; the first failure ends the others.
 *
 * @param tell hears a line of a build at a time
 */
export async function makeImages(
  { images, locks }: { readonly images: Images; readonly locks: Locks },
  { repositoryName, folder, file, route, withheld }: ImageRequest,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<MadeImages> {
  const builds = imageBuilds(file);
  const name = imageName(repositoryName);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failure: Error | undefined;
  const make = async ({ build, services }: ImageBuild): Promise<MadeImage | undefined> => {
    const say = (line: string): void => tell(builds.length > 1 ? `${services.join(', ')}: ${line}` : line);
    const exclusively = <T>(image: string, work: () => Promise<T>): Promise<T> =>
      withPatientLock(locks, `image ${image}`, `the image ${image} is being made`, either, onWait, work);
    const onWait = (): void => say('waits for another create that makes the same image');
    try {
      return await images.make({ name, folder, build, route, withheld, exclusively }, say, either);
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      failure ??= buildFailure(error, services);
      stop.abort();
      return undefined;
    }
  };
  // All have ended before anything is undone.
  const made = await Promise.all(builds.map(make));
  if (failure !== undefined) throw failure;
  const references = new Map<string, string>();
  builds.forEach(({ services }, index) => {
    const reference = made[index]?.reference;
    if (reference !== undefined) for (const service of services) references.set(service, reference);
  });
  return { references, detail: detailOf(made.filter((each) => each !== undefined)) };
}

/** A failure that only knows a file says whose image it was. */
function buildFailure(error: unknown, services: readonly string[]): Error {
  if (error instanceof Error && isAbort(error)) return error;
  const known = toAppError(error);
  if (!['notFound', 'denied', 'invalidInput'].includes(known.code)) return known;
  return new AppError(known.code, `The image of ${services.join(', ')} cannot be built: ${known.message}`, {
    ...(known.explanation === undefined ? {} : { explanation: known.explanation }),
    ...(known.remedy === undefined ? {} : { remedy: known.remedy }),
    cause: known,
  });
}

function detailOf(made: readonly MadeImage[]): string {
  const built = made.filter((each) => each.built).length;
  const pushed = made.filter((each) => each.pushed).length;
  const parts = [built > 0 ? `${built} built` : '', pushed > 0 ? `${pushed} pushed` : ''].filter(Boolean);
  return parts.join(', ') || 'as they were';
}
