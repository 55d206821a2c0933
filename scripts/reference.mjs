// npm run reference: docs/coppice-yaml.md from the schema of coppice.yaml, docs/llms.txt from the commands and the schema. A test
// holds both to what they are written from.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { environmentFilePage } from './reference/environmentFilePage.mjs';
import { llmsText } from './reference/llmsText.mjs';
import { loadSource } from './workplace/loadSource.mjs';
import { root } from './workplace/run.mjs';
import { main, say } from './workplace/say.mjs';

export const schemaFile = join(root, 'media', 'schemas', 'coppice.schema.json');

/**
 * The pages as they would be written now.
 * @returns {Promise<Readonly<Record<string, string>>>} by their path in the repository
 */
export async function referenceFiles() {
  const schema = JSON.parse(await readFile(schemaFile, 'utf8'));
  const { createProgram } = await loadSource('src', 'cli', 'program.ts');
  const { exitCodes, notReady, cancelled } = await loadSource('src', 'cli', 'terminal.ts');
  const { reservedVariables: variables } = await loadSource('src', 'core', 'variables', 'reservedVariables.ts');
  // What commands work with is asked for when they run.
  const program = createProgram({}, '');
  const page = environmentFilePage(schema);
  const pageFile = 'docs/coppice-yaml.md';
  const filepath = join(root, pageFile);
  return {
    [pageFile]: await prettier.format(page, { ...(await prettier.resolveConfig(filepath)), filepath }),
    'docs/llms.txt': llmsText({ program, schema, exitCodes, notReady, cancelled, variables }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    for (const [path, text] of Object.entries(await referenceFiles())) {
      await writeFile(join(root, path), text);
      say(`wrote ${path}`);
    }
  });
}
