/** What a noun of the product does, when all of it answers later. */
type Noun<T> = { readonly [Name in keyof T]: (...input: never[]) => Promise<unknown> };

/**
 * A noun of the product whose use cases are loaded with its first call: most of them are never called, and a window must not wait for
 * what it may need one day.
 *
 * @param load called once, again after a failure
 * @param names all of its use cases
 */
export function onCall<T extends Noun<T>>(load: () => Promise<T>, names: Readonly<Record<keyof T, true>>): T {
  let loading: Promise<T> | undefined;
  const loaded = (): Promise<T> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  const call =
    (name: keyof T) =>
    async (...input: never[]): Promise<unknown> =>
      (await loaded())[name](...input);
  return Object.fromEntries(Object.keys(names).map((name) => [name, call(name as keyof T)])) as unknown as T;
}
