/** What happens around each call of a port; what it throws is what the caller sees. */
export interface CallHook {
  before(call: string): void;
  /** The call took effect. */
  after(call: string): void;
}

/**
 * The same object, with a hook around each call that answers with a promise. Locks are released through the hook, too.
 *
 * @param name how its calls are told apart from another port's: `cluster.connect`
 */
export function hooked<Port extends object>(name: string, port: Port, hook: CallHook): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...args: unknown[]): unknown => {
        const call = `${name}.${key}`;
        if (isImmediate.has(call)) return Reflect.apply(value, target, args);
        const run = async (): Promise<unknown> => {
          hook.before(call);
          const result: unknown = await Reflect.apply(value, target, args);
          hook.after(call);
          return call === 'locks.acquire' ? hooked('lock', result as object, hook) : result;
        };
        return run();
      };
    },
  });
}

const isImmediate = new Set([
  'worktrees.watch',
  'cluster.watch',
  'environmentFiles.parse',
  'environmentFiles.check',
  'uses.place',
]);
