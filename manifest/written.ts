import { capabilities } from './capabilities';
import { commands } from './commands';
import { contributions } from './contributions';
import { settings } from './settings';
import { sources } from './sources';
import { Texts } from './texts';
import { views } from './views';
import { walkthroughs } from './walkthroughs';

/**
 * All files that the rows decide, by their path: what `npm run manifest` writes.
 *
 * @param packageJson package.json as it is: what no row decides stays
 */
export function written(packageJson: string): Readonly<Record<string, string>> {
  const texts = new Texts();
  const rows = settings.flatMap((group) => group.rows);
  const manifest = {
    ...(JSON.parse(packageJson) as object),
    capabilities: capabilities(rows, texts),
    contributes: contributions({ commands, settings, views, walkthroughs }, texts),
  };
  return {
    'package.json': toText(manifest),
    'package.nls.json': toText(texts.toJson()),
    ...sources(commands, settings),
  };
}

function toText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
