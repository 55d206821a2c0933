/** What a noun of the product does, when all of it answers later. */
type Noun<T> = { readonly [Name in keyof T]: (...input: never[]) => Promise<unknown> };

/**
 * A noun of the product whose use cases are loaded with its first call: most of them are never called, and a window must not wait for
 * what it may need one day.
 *
 * @param load called with each call: keeps what it has loaded
 * @param names all of its use cases
 */
export function onCall<T extends Noun<T>>(load: () => Promise<T>, names: Readonly<Record<keyof T, true>>): T {
  const call =
    (name: keyof T) =>
    async (...input: never[]): Promise<unknown> =>
      (await load())[name](...input);
  return Object.fromEntries(Object.keys(names).map((name) => [name, call(name as keyof T)])) as unknown as T;
}
