import { join } from 'node:path';
import { build } from 'esbuild';
import { bundles } from '../../scripts/bundles.mjs';

/** Bundles all of @kubernetes/client-node in the way the product is bundled, without what makes that lean. @returns the file */
export async function wholeClientNode(root: string): Promise<string> {
  const { banner, target } = bundles.product;
  const outfile = join(root, 'out', 'bench', 'clientNode.mjs');
  await build({
    stdin: { contents: "export * from '@kubernetes/client-node';", resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    keepNames: true,
    logLevel: 'error',
    outfile,
    ...(banner && { banner }),
    ...(target && { target }),
  });
  return outfile;
}
