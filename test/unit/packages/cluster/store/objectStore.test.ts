import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../../../support/objectStore';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

describe('a watch from a version', () => {
  it('of now hears what comes after it', async () => {
    const names: string[] = [];
    store.objects.subscribeAfter(store.objects.resourceVersion, ({ object }) => names.push(object.metadata.name));
    await store.add({ kind: 'ConfigMap', metadata: { name: 'later', namespace: 'ns' } });
    expect(names).toEqual(['later']);
  });

  it('that this cluster has not given yet, but one before it may have, is to begin anew: nobody knows what it missed', () => {
    const later = String(Number(store.objects.resourceVersion) + 1);
    expect(() => store.objects.subscribeAfter(later, () => undefined)).toThrow(/too old|too large|not given/i);
    expect(store.objects.listenerCount).toBe(0);
  });
});
