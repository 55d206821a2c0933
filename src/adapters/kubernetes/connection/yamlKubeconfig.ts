import { parse, YAMLError } from 'yaml';
import type { AppError } from '../../../core/errors';

/** What a text says as YAML. @throws what `broken` makes of a reason that has nothing of the text in it */
export function readYamlKubeconfig(text: string, broken: (why: string) => AppError): unknown {
  try {
    return parse(text, { schema: 'core', merge: true, logLevel: 'error' });
  } catch (error) {
    // The parser shows the lines around the fault, which may hold a token.
    if (!(error instanceof YAMLError)) throw broken('it is no YAML');
    throw broken(`${error.code} at line ${error.linePos?.[0].line ?? 1}`);
  }
}
