import { proposeEnvironmentFile } from '../app/init/proposeEnvironmentFile';
import { writeEnvironmentFile } from '../app/init/writeEnvironmentFile';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import { once } from './once';
import type { Machine } from './wireMachine';

/** What a repository says of itself, and the file that is written of it. */
export function wireInit({
  env,
  environmentFiles,
}: Machine): Pick<Product['environmentFile'], 'propose' | 'write' | 'schema'> {
  const ports = once(async () => {
    const [git, texts] = await Promise.all([
      import('../adapters/git/gitRepositoryFiles'),
      import('../adapters/environmentFile/libraryYamlTexts'),
    ]);
    return {
      files: new git.GitRepositoryFiles(env),
      yaml: new texts.LibraryYamlTexts(),
      environmentFiles: await environmentFiles(),
    };
  });
  return {
    propose: lazy(ports, proposeEnvironmentFile),
    write: lazy(ports, writeEnvironmentFile),
    schema: async () => (await import('../adapters/environmentFile/environmentFileSchema')).environmentFileSchema,
  };
}
