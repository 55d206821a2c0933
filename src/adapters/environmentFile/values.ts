import type { Value } from './readYaml';

export type Mapping = { readonly [key: string]: Value };

/** @param pointer where it is (JSON Pointer, RFC 6901) @param fix what is probably meant */
export type TellProblem = (pointer: string, message: string, fix?: string) => void;

export function isMapping(value: Value | undefined): value is Mapping & { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined: it is none, or an empty one. */
export function givenText(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
