import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../../core/proposedFile';
import { baseName, folderOf, pathInRepository } from '../shared/paths';
import { withoutMarks } from './interpolate';
import { isOutside } from './canonicalService';

/** Where a service's own files are in the repository, and whether they are mounted into its container. */
export function serviceFolder(service: PlainMapping): { readonly folder: string; readonly isMounted: boolean } {
  const context = isPlainMapping(service['build']) ? service['build']['context'] : undefined;
  const mount = mountOf(service);
  if (mount !== undefined) return { folder: mount, isMounted: true };
  if (typeof context !== 'string' || isOutside(context)) return { folder: '.', isMounted: false };
  const dockerfile = isPlainMapping(service['build']) ? service['build']['dockerfile'] : undefined;
  // A build of the whole repository by a Dockerfile of one of its folders is about that folder.
  const of = typeof dockerfile === 'string' ? pathInRepository(context, folderOf(withoutMarks(dockerfile))) : undefined;
  const isPlaceOfImages =
    of !== undefined &&
    /^(?:\.?docker|\.devcontainer|dockerfiles?|containers?|images?|deploy|deployment|infra|ops|build)$/.test(
      baseName(of),
    );
  return { folder: (isPlaceOfImages ? undefined : of) ?? (withoutMarks(context) || '.'), isMounted: false };
}

/** The folder of the repository that the service is started in. */
function mountOf(service: PlainMapping): string | undefined {
  const { volumes, working_dir: workingFolder } = service;
  const mounts = (isPlainList(volumes) ? volumes : []).flatMap((mount) => {
    if (!isPlainMapping(mount) || mount['type'] !== 'bind') return [];
    const source = plainText(mount['source']);
    return isOutside(source) || source.includes('\uE000') || /\.\w+$/.test(source)
      ? []
      : [{ source, target: plainText(mount['target']) }];
  });
  if (typeof workingFolder === 'string') {
    for (const { source, target } of mounts) {
      if (workingFolder === target) return source;
      if (workingFolder.startsWith(`${target}/`))
        return pathInRepository(source, workingFolder.slice(target.length + 1));
    }
    return undefined;
  }
  const usual = mounts.find(({ target }) => usualFolder.test(target.replace(/\/$/, '')));
  return usual?.source ?? partsOf(mounts);
}

const usualFolder = /^\/(?:app|src|code|workspace|usr\/src\/app|srv|opt\/app|home\/node\/app|var\/www(?:\/html)?)$/;

/** Where parts of a folder are mounted, each under its own name, in one that programs are usually started in: `./src/app:/code/app`. */
function partsOf(mounts: readonly { readonly source: string; readonly target: string }[]): string | undefined {
  const found = mounts.find(
    ({ source, target }) =>
      usualFolder.test(folderOf(target)) && folderOf(source) !== '.' && baseName(source) === baseName(target),
  );
  return found && folderOf(found.source);
}
