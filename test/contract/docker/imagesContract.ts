import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Images, MakeImage, Registry } from '../../../src/core/ports/images';

/** Images, and what they are made of. */
export interface ImagesHarness {
  readonly images: Images;
  /** A registry with nothing in it. */
  readonly registry: Registry;
  /** The worktree's folder. */
  readonly folder: string;
  /** Changes a file of the context `app`. */
  edit(): Promise<void>;
  dispose(): Promise<void>;
}

/** What every implementation of the role Images does, the fake included. */
export function imagesContract(title: string, makeHarness: () => Promise<ImagesHarness>): void {
  describe(`Images: ${title}`, () => {
    let harness: ImagesHarness;
    let exclusive: string[];
    beforeEach(async () => {
      exclusive = [];
      harness = await makeHarness();
    });
    afterEach(() => harness.dispose());

    const request = (change: Partial<MakeImage> = {}): MakeImage => ({
      name: 'coppice/repo',
      folder: harness.folder,
      build: { context: 'app', dockerfile: 'Dockerfile', target: undefined, args: {} },
      route: { kind: 'engine' },
      withheld: [],
      exclusively: (image, work) => {
        exclusive.push(image);
        return work();
      },
      ...change,
    });
    const pushed = (): MakeImage => request({ route: { kind: 'registry', registry: harness.registry } });
    const make = (what: MakeImage) => harness.images.make(what, () => undefined);

    test('an image is built once, under a name that no registry elsewhere has', async () => {
      const made = await make(request());
      expect(made).toMatchObject({ built: true, pushed: false });
      expect(made.reference).toMatch(/^localhost\/coppice\/repo:[\w.-]+$/);
      expect(await make(request())).toEqual({ ...made, built: false });
    });

    test('other content is another image', async () => {
      const before = await make(request());
      await harness.edit();
      const after = await make(request());
      expect(after).toMatchObject({ built: true });
      expect(after.reference).not.toBe(before.reference);
    });

    test('an image is pushed once, and named as the nodes pull it', async () => {
      const made = await make(pushed());
      expect(made).toMatchObject({ built: true, pushed: true });
      expect(made.reference.startsWith(`${harness.registry.pull}/coppice/repo:`)).toBe(true);
      expect(await make(pushed())).toEqual({ ...made, built: false, pushed: false });
    });

    test('what is built already is only pushed', async () => {
      await make(request());
      expect(await make(pushed())).toMatchObject({ built: false, pushed: true });
    });

    test('making is exclusive for each image by its name and tag', async () => {
      const { reference } = await make(request());
      expect(exclusive).toEqual([reference.replace('localhost/', '')]);
    });

    test('lines of the build are told', async () => {
      const lines: string[] = [];
      await harness.images.make(request(), (line) => lines.push(line));
      expect(lines.length).toBeGreaterThan(0);
    });

    test('a cancelled one is made no more', async () => {
      const cancel = new AbortController();
      cancel.abort();
      const making = harness.images.make(request(), () => undefined, cancel.signal);
      await expect(making).rejects.toMatchObject({ name: 'AbortError' });
      await expect(harness.images.engine(cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
      await expect(harness.images.verifyRegistry(harness.registry, cancel.signal)).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(await make(request())).toMatchObject({ built: true });
    });
  });
}
