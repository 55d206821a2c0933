import { join } from 'node:path';
import type { Product } from '../app/product';
import { makeSample } from '../app/sample/makeSample';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';

/** The sample that comes with Coppice. */
export function wireSamples({ root, env }: Machine): Product['samples'] {
  const ports = async () => {
    const { FileSampleRepositories } = await import('../adapters/git/fileSampleRepositories');
    return { samples: new FileSampleRepositories(join(root, 'media', 'sample'), env) };
  };
  return { make: lazy(ports, makeSample) };
}
