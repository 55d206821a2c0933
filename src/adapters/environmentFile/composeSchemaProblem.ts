import type { PlainValue } from '../../core/proposedFile';
import { checkSchema, type Mismatch } from './checkSchema';
import composeSpec from './composeSpec.json';
import { nearest } from './nearest';
import { quote } from './readYaml';
import { expectation, found, keyName } from './schemaProblems';

const { service, container_spec: container, workload_spec: workload } = composeSpec.$defs;
const serviceKeys = [service, container, workload].flatMap(({ properties }) => Object.keys(properties));

/** Where a compose file differs from its specification, in one line; undefined: nowhere. */
export function composeSchemaProblem(value: PlainValue): string | undefined {
  const mismatches = mismatchesOf(value);
  if (!mismatches) return 'differs from what Compose expects in more places than can be told';
  const all = mismatches.filter(
    // Where one value of a service is wrong, its other keys count as unknown.
    ({ keyword, key = '' }) => keyword !== 'unevaluatedProperties' || !serviceKeys.includes(key),
  );
  // Of alternatives each one tells why it does not fit: a key that none knows says most, then what is deepest.
  const unknown = all.filter(({ keyword }) => /^(?:additional|unevaluated)Properties$/.test(keyword));
  const [worst] = (unknown.length > 0 ? unknown : all).toSorted((a, b) => depth(b) - depth(a));
  return worst && describe(worst);
}

/** undefined: they are too many. */
function mismatchesOf(value: PlainValue): readonly Mismatch[] | undefined {
  try {
    return checkSchema(composeSpec, '2020-12', value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function depth({ pointer }: Mismatch): number {
  return pointer.split('/').length;
}

function describe(mismatch: Mismatch): string {
  const { keyword, pointer, value, key, index, schema } = mismatch;
  const name = keyName(pointer);
  if (index !== undefined && Array.isArray(value)) return `${name} names ${found(value[index])} twice`;
  if (key === undefined) return `${name} must be ${expectation(mismatch)}, found ${found(value)}`;
  if (keyword === 'required') return `${pointer === '' ? '' : `${name}.`}${key} is missing`;
  // What a service may have stands in several places of the schema.
  const { properties } = keyword === 'unevaluatedProperties' ? {} : schema;
  const near = nearest(key, typeof properties === 'object' && properties ? Object.keys(properties) : serviceKeys);
  return `${name} has no key ${quote(key)} in a compose file${near === undefined ? '' : `: did you mean ${quote(near)}?`}`;
}
