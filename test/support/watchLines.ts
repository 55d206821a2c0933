import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

const file = join(import.meta.dirname, '..', '..', 'media', 'schemas', 'list-watch.schema.json');
const schema: object = JSON.parse(readFileSync(file, 'utf8'));
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

/** What is wrong with a line of `coppice list --json --watch` by its published schema; empty: nothing. */
export function watchLineProblems(line: unknown): unknown[] {
  return validate(line) ? [] : (validate.errors ?? []);
}
