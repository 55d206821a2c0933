import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentPanels } from '../../../../src/core/dashboards/environmentPanels';
import { grafanaDashboard } from '../../../../src/core/dashboards/grafanaDashboard';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const written: unknown = JSON.parse(
  readFileSync(join(root, 'charts', 'infra', 'dashboards', 'environment.json'), 'utf8'),
);

test('the dashboard of charts/infra is the one that is defined: else run "npm run dashboards"', () => {
  expect(written).toEqual(grafanaDashboard());
});

test('what addresses rely on stays as it is', () => {
  expect(grafanaDashboard()['uid']).toBe('coppice-environment');
  expect(environmentPanels.map(({ id, name }) => `${id} ${name}`)).toEqual([
    '1 requests',
    '2 errors',
    '3 latency',
    '4 cpu',
    '5 memory',
    '6 restarts',
    '7 logs',
    '8 traces',
  ]);
});

test('panels do not lie on each other', () => {
  const cells = new Set<string>();
  const { panels } = grafanaDashboard() as {
    panels: { gridPos: { x: number; y: number; w: number; h: number }; targets: object[] }[];
  };
  expect(panels).toHaveLength(8);
  for (const { gridPos, targets } of panels) {
    expect(targets.length).toBeGreaterThan(0);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      expect(x).toBeLessThan(24);
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(cells.has(`${x} ${y}`)).toBe(false);
        cells.add(`${x} ${y}`);
      }
    }
  }
});
