import type { BuildSpec, EnvironmentFile } from '../../core/environmentFile';

/** One image to make, for one service or several. */
export interface ImageBuild {
  readonly build: BuildSpec;
  readonly services: readonly string[];
}

/** What has to be built for an environment file's services; those that ask for the same share it. */
export function imageBuilds(file: Pick<EnvironmentFile, 'services'>): ImageBuild[] {
  const builds = new Map<string, { readonly build: BuildSpec; readonly services: string[] }>();
  for (const { name, build } of file.services) {
    if (!build) continue;
    const { context, dockerfile, target, args } = build;
    const key = JSON.stringify([context, dockerfile, target ?? null, Object.entries(args).sort()]);
    const same = builds.get(key);
    if (same) same.services.push(name);
    else builds.set(key, { build, services: [name] });
  }
  return [...builds.values()];
}
