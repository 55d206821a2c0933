import { parse } from 'yaml';
import { parsed } from './parsed';

/** What a text says as YAML, of which JSON is a part; undefined: it is neither. */
export function parsedYaml(text: string): unknown {
  // The library takes its time for what may be megabytes.
  const json = parsed(text);
  if (json !== undefined) return json;
  try {
    return parse(text, { schema: 'core', logLevel: 'error' });
  } catch {
    return undefined;
  }
}
