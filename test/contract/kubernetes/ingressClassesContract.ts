import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/core/errors';
import type { IngressClasses } from '../../../src/core/ports/ingressClasses';

export interface IngressClassesHarness {
  readonly classes: IngressClasses;
  add(name: string, controller: string, isDefault: boolean): Promise<void>;
  dispose(): Promise<void>;
}

/** What is said of the controllers of a cluster. */
export function ingressClassesContract(name: string, open: () => Promise<IngressClassesHarness>): void {
  describe(`ingress classes of ${name}`, () => {
    let harness: IngressClassesHarness;
    beforeAll(async () => {
      harness = await open();
      expect(await harness.classes.isAny()).toBe(false);
      await harness.add('coppice-one', 'example.test/one', false);
      await harness.add('coppice-two', 'example.test/two', true);
    });
    afterAll(() => harness.dispose());

    it('tell the controller of a class by its name, or of the one that is the default', async () => {
      expect(await harness.classes.controller('coppice-one')).toBe('example.test/one');
      expect(await harness.classes.controller(undefined)).toBe('example.test/two');
      expect(await harness.classes.controller('coppice-none')).toBeUndefined();
    });

    it('are some, in a cluster that has no Gateway API', async () => {
      expect(await harness.classes.isAny()).toBe(true);
      expect(await harness.classes.gateways()).toBeUndefined();
    });

    it('end with an AbortError when aborted', async () => {
      await expect(harness.classes.controller('coppice-one', AbortSignal.abort())).rejects.toSatisfy(isAbort);
    });
  });
}
