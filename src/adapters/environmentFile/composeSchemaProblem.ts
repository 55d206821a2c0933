import { Ajv2020 } from 'ajv/dist/2020';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020';
import type { PlainValue } from '../../core/proposedFile';
import composeSpec from './composeSpec.json';
import { nearest } from './nearest';
import { quote } from './readYaml';
import { keyName } from './schemaProblems';

const { service, container_spec: container, workload_spec: workload } = composeSpec.$defs;
const serviceKeys = [service, container, workload].flatMap(({ properties }) => Object.keys(properties));

let validate: ValidateFunction | undefined;

/** Where a compose file differs from its specification, in one line; undefined: nowhere. */
export function composeSchemaProblem(value: PlainValue): string | undefined {
  validate ??= new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false }).compile(
    composeSpec,
  );
  if (validate(value)) return undefined;
  const errors = validate.errors ?? [];
  // Of alternatives each one tells why it does not fit: a key that none knows says most, then what is deepest.
  const unknown = errors.filter(({ keyword }) => /^(?:additional|unevaluated)Properties$/.test(keyword));
  const [worst] = (unknown.length > 0 ? unknown : errors).toSorted((a, b) => depth(b) - depth(a));
  return worst && describe(worst);
}

function depth({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length;
}

function describe(error: ErrorObject): string {
  const name = keyName(error.instancePath);
  const params: Readonly<Record<string, unknown>> = error.params;
  const key = params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof key === 'string') {
    // What a service may have stands in several places of the schema.
    const isService = 'unevaluatedProperty' in params;
    const properties: unknown = isService ? undefined : error.parentSchema?.['properties'];
    const near = nearest(key, typeof properties === 'object' && properties ? Object.keys(properties) : serviceKeys);
    return `${name} has no key ${quote(key)} in a compose file${near === undefined ? '' : `: did you mean ${quote(near)}?`}`;
  }
  return `${name} ${error.message ?? 'is not as Compose expects it'}`;
}
