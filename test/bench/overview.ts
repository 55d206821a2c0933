import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/workplace/chromium.mjs';
import { manyEnvironments, overviewMessages, rowsOfMany } from '../support/overviewValues';
import { servedPage } from '../support/servedPage';
import { median, type Bench } from './figure';

const environments = 50;
const files = { script: 'overview.js', style: 'overview-style.css' };
const updates = 100;

/** The overview's document as the extension writes it, with fifty environments, in a browser. */
export const overview: Bench = {
  name: 'overview',
  async run({ root, quick }) {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('no Chromium: npm test installs it, or COPPICE_CHROMIUM names it');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const runs = quick ? 3 : 15;
      const first: number[] = [];
      const script: number[] = [];
      const cores: number[] = [];
      const host: number[] = [];
      for (let run = 0; run < runs; run++) {
        const { page, close } = await servedPage(
          browser,
          root,
          files,
          overviewMessages(manyEnvironments(environments)),
        );
        const mark = (name: string): string => `performance.getEntriesByName('${name}')[0]?.startTime`;
        const content = await page.waitForFunction(
          `${mark('coppice-first-content')} - ${mark('coppice-first-script')}`,
        );
        first.push(Number(await content.jsonValue()));
        await page.evaluate("performance.clearMeasures('coppice-update')");
        const busy = await busyClock(page);
        const before = await busy();
        for (let turn = 1; turn <= updates; turn++) {
          const many = manyEnvironments(environments, turn);
          const startedAt = performance.now();
          JSON.stringify(rowsOfMany(many));
          host.push(performance.now() - startedAt);
          const [, ...told] = overviewMessages(many);
          // As it comes: figures every five seconds, and what a person would see of them at once.
          await page.evaluate(
            `new Promise((resolve) => { for (const one of ${JSON.stringify(told)}) postMessage(one, origin); requestAnimationFrame(() => requestAnimationFrame(resolve)); })`,
          );
        }
        const durations = await page.evaluate(
          "performance.getEntriesByName('coppice-update').map((one) => one.duration)",
        );
        script.push(...(durations as number[]));
        cores.push((await busy()) - before);
        await close();
      }
      const sorted = script.sort((a, b) => a - b);
      const told = `Overview of ${environments} environments`;
      return [
        {
          name: `${told}: first script until first content`,
          unit: 'ms',
          value: median(first),
          runs,
          goals: [{ kind: 'value', most: 300 }],
        },
        {
          ...{ name: `${told}: script of one update, 95 of 100`, unit: 'ms', runs: sorted.length },
          value: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
          goals: [{ kind: 'value', most: 16 }],
        },
        {
          ...{ name: `${told}: share of a core of page and extension, told every five seconds`, unit: '%', runs },
          value: ((median(cores) / updates + median(host) / 1000) / 5) * 100,
          goals: [{ kind: 'value', most: 5 }],
        },
      ];
    } finally {
      await browser.close();
    }
  },
};

/** Asks what the page's main thread has done since it is asked first, in seconds of its own: script, styles, layout. */
async function busyClock(page: Awaited<ReturnType<typeof servedPage>>['page']): Promise<() => Promise<number>> {
  // A session begins to count when it is enabled.
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
  };
}
