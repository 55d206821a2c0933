import type { Memento } from 'vscode';

/** What the editor keeps of an extension, while a test lasts. */
export function aMemento(): Pick<Memento, 'get' | 'update'> {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string) => kept.get(key) as T | undefined,
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
}
