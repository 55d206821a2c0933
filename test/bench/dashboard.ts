import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../scripts/workplace/chromium.mjs';
import type { EnvironmentView, ToPage } from '../../webview/protocol';
import { servedPage } from '../support/servedPage';
import { median, type Bench } from './figure';

const services: EnvironmentView['services'] = ['frontend', 'backend', 'worker'].map((name) => ({
  ...{ name, tone: 'good' as const, state: 'Running', reason: '', ready: 1, desired: 1, restarts: 0, url: '' },
}));
const environment: ToPage = {
  type: 'environment',
  environment: {
    ...{ name: 'feature/x', namespace: 'worktree-feature-x', cluster: 'embedded cluster', tone: 'good' },
    ...{ state: 'healthy 3/3', offline: '', url: 'http://feature-x.localhost:8080/', parts: [], services },
  },
};
/** A quarter of an hour, as it is told to a page that begins. */
const samples: ToPage = {
  type: 'samples',
  missing: { usage: '', requests: '' },
  samples: Array.from({ length: 180 }, (_, index) => ({
    at: Date.UTC(2026, 0, 1) + index * 5000,
    forMs: null,
    services: services.map(({ name }, service) => ({
      name,
      cpuCores: Math.abs(Math.sin(index / 9 + service)),
      memoryBytes: (40 + service * 20 + Math.sin(index / 30)) * 1024 ** 2,
      restarts: 0,
      requests: {
        perSecond: { '1xx': 0, '2xx': 5 + Math.sin(index), '3xx': 0, '4xx': 0.2, '5xx': 0 },
        p50Ms: 4 + Math.sin(index),
        p95Ms: 30 + Math.cos(index),
      },
    })),
  })),
};
const panels: ToPage = {
  type: 'panels',
  ...{ source: 'own', frames: [], links: [], notice: null },
  view: { range: '15m', refresh: '30s', service: '' },
};
/** The dashboard's document as the extension writes it, in a browser, from the first line of its script to the first picture. */
export const dashboard: Bench = {
  name: 'dashboard',
  async run({ root, quick }) {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('no Chromium: npm test installs it, or COPPICE_CHROMIUM names it');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const runs = quick ? 3 : 15;
      const measure = async (first: readonly ToPage[]): Promise<number> => {
        const measured: number[] = [];
        for (let run = 0; run < runs; run++) measured.push(await firstContent(browser, root, first));
        return median(measured);
      };
      const named = 'Dashboard: first script until first content';
      const goals = [{ kind: 'value', most: 300 }] as const;
      return [
        { name: `${named}, header and services`, unit: 'ms', value: await measure([environment]), runs, goals },
        {
          ...{ name: `${named}, six charts of 15 minutes`, unit: 'ms', runs, goals },
          value: await measure([environment, panels, samples]),
        },
      ];
    } finally {
      await browser.close();
    }
  },
};

/** Milliseconds, in a browser profile of its own: nothing is cached. */
async function firstContent(browser: Browser, root: string, first: readonly ToPage[]): Promise<number> {
  const { page, close } = await servedPage(browser, root, { script: 'dashboard.js', style: 'style.css' }, first);
  try {
    const handle = await page.waitForFunction(
      `performance.getEntriesByName('coppice-first-content')[0]?.startTime - performance.getEntriesByName('coppice-first-script')[0]?.startTime`,
    );
    return Number(await handle.jsonValue());
  } finally {
    await close();
  }
}
