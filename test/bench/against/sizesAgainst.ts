import type { Bench, Figure } from '../figure';
import { packageSizes } from '../packageSizes';
import { pairFigure, type OtherCommit } from './pairs';

export function sizesAgainst(other: OtherCommit): Bench {
  return {
    name: 'sizes',
    async run({ root }) {
      const [own, theirs] = [await packageSizes(root), await packageSizes(other.root)];
      const figure = (name: string, size: 'activated' | 'page' | 'vsix'): Figure =>
        pairFigure({ name, unit: 'KB' }, other, [{ own: own[size], theirs: theirs[size] }]);
      return [
        figure('Size: extension.js and what it imports statically', 'activated'),
        figure("Size: script and style of the dashboard's page", 'page'),
        figure('Size: the .vsix', 'vsix'),
      ];
    },
  };
}
