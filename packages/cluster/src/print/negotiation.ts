import { StatusError } from '../schema/statusError';

/** In which form a client wants objects: as they are, as a table, or their metadata only. */
export interface Representation {
  as: 'Object' | 'Table' | 'PartialObjectMetadata';
  /** The version of the form, `meta.k8s.io/v1`. */
  apiVersion: string;
}

const plain: Representation = { as: 'Object', apiVersion: 'v1' };

/** The first of the accepted forms that the server has. Throws a StatusError of 406. */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === '') return plain;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const values = new Map<string, string>();
    for (const parameter of parameters) {
      const [name = '', value = ''] = parameter.split('=', 2);
      values.set(name, value);
    }
    if (type === '*/*' || type === 'application/*') return plain;
    if (type !== 'application/json') continue;
    const form = values.get('as')?.replace(/List$/, '');
    if (form === undefined) return plain;
    const version = values.get('v');
    const known = values.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');
    if (known && (form === 'Table' || form === 'PartialObjectMetadata')) {
      return { as: form, apiVersion: `meta.k8s.io/${version}` };
    }
  }
  throw StatusError.notAcceptable(['application/json']);
}
