import { describe, expect, it } from 'vitest';
import { LibraryYamlTexts } from '../../../../../src/adapters/environmentFile/libraryYamlTexts';
import type { ComposeProject } from '../../../../../src/app/init/compose/composeProject';
import { loadCompose } from '../../../../../src/app/init/compose/loadCompose';

function load(files: Readonly<Record<string, string>>): Promise<ComposeProject> {
  return loadCompose(['compose.yaml'], {
    read: (path) => Promise.resolve(files[path]),
    isTracked: (path) => path in files,
    texts: new LibraryYamlTexts(),
    lookUp: () => undefined,
    profiles: [],
  });
}

const tooMuch = /repeats more by "include" and "extends" than is read/;

/** Files of which each includes the next twice. */
function doubling(count: number): Readonly<Record<string, string>> {
  const nameOf = (index: number): string => (index === 0 ? 'compose.yaml' : `part${index}.yaml`);
  const files = Array.from({ length: count }, (_, index): [string, string] => {
    const next = nameOf(index + 1);
    return [nameOf(index), `include: [${next}, ${next}]\nservices: {}\n`];
  });
  return Object.fromEntries([...files, [nameOf(count), 'services: { web: { image: shop } }\n']]);
}

/** Each is the one before it with something more. */
function extending(count: number): string {
  const services = Array.from(
    { length: count },
    (_, index) => `  s${index}: { extends: { service: s${index + 1} }, environment: { V${index}: x } }`,
  );
  return ['services:', ...services, `  s${count}: { image: shop }`, ''].join('\n');
}

describe('compose files', () => {
  it('that include each other again and again come to an end', async () => {
    const { services } = await load(doubling(5));
    expect([...services.keys()]).toEqual(['web']);
    await expect(load(doubling(15))).rejects.toThrow(tooMuch);
  });

  it('whose services extend each other without end come to one', async () => {
    const { services } = await load({ 'compose.yaml': extending(20) });
    expect(Object.keys(services.get('s0')?.['environment'] ?? {})).toHaveLength(20);
    await expect(load({ 'compose.yaml': extending(200) })).rejects.toThrow(tooMuch);
  });

  it('with more services than any project has are refused: each is compared with the others', async () => {
    const all = Array.from(
      { length: 600 },
      (_, index) => `  test${index}: { image: shop, depends_on: [test${index + 1}] }`,
    );
    await expect(load({ 'compose.yaml': ['services:', ...all, ''].join('\n') })).rejects.toThrow(
      /more than 500 services/,
    );
  });

  it('of which hundreds of services share what one says are read', async () => {
    const shared = Array.from({ length: 50 }, (_, index) => `V${index}: x`).join(', ');
    const all = Array.from({ length: 300 }, (_, index) => `  s${index}: { extends: base, image: shop }`);
    const text = [`services:`, `  base: { environment: { ${shared} } }`, ...all, ''].join('\n');
    const { services } = await load({ 'compose.yaml': text });
    expect(services.size).toBe(301);
  });
});
