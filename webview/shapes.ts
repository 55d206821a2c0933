/*
 * What a message may look like, told once: the type and the test come from the same words. Nothing beyond what is named
 * passes, and no text or list that is longer than said.
 */

export type Shape<T> = (value: unknown) => value is T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;
type Fields = Readonly<Record<string, Shape<unknown>>>;
type Shapes<F extends Fields> = { readonly [Key in keyof F]: Shaped<F[Key]> };

/** @param most in characters */
export function text(most: number): Shape<string> {
  return (value): value is string => typeof value === 'string' && value.length <= most;
}

export function amount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function flag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export function oneOf<const Word extends string>(words: readonly Word[]): Shape<Word> {
  return (value): value is Word => words.some((word) => word === value);
}

/** An address that a browser may be sent to; '' is none. */
export function address(value: unknown): value is string {
  return value === '' || (typeof value === 'string' && value.length <= 8000 && /^https?:\/\/[^\s]+$/.test(value));
}

export function either<One, Other>(one: Shape<One>, other: Shape<Other>): Shape<One | Other> {
  return (value): value is One | Other => one(value) || other(value);
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value);
}

export function listOf<T>(shape: Shape<T>, most: number): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= most && value.every(shape);
}

/** Has these fields and no others. */
export function fields<F extends Fields>(shapes: F): Shape<Shapes<F>> {
  const names = Object.keys(shapes);
  return (value): value is Shapes<F> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given: Readonly<Record<string, unknown>> = { ...value };
    const keys = Object.keys(given);
    return keys.length === names.length && names.every((name) => name in given && shapes[name]?.(given[name]) === true);
  };
}
