import { plural } from '../../core/text/plural';
import { deleteRemarks } from '../view/deleteRemarks';
import type { Collected, Given, Taken } from './collectUnused';
import { ageText, byItselfText, protectionsText } from './cleanupText';

/** What is to be told of a cleanup that nobody asked for, a sentence or more each. @param now milliseconds since the epoch */
export function collectedTexts({ given, taken }: Collected, now: number): string[] {
  return [...taken.flatMap((each) => takenText(each, now)), ...given.map((each) => givenText(each, now))];
}

function givenText({ name, notice, goesAfter }: Given, now: number): string {
  const unused = `nobody has used it for ${ageText(now - notice.usedAt)}`;
  return `${name}: ${byItselfText({ goes: { what: notice.what, after: goesAfter } }, now)}, as ${unused}. Who uses it meanwhile, or keeps it, takes that back.`;
}

function takenText({ name, notice, outcome }: Taken, now: number): string[] {
  switch (outcome?.kind) {
    case undefined:
      return [];
    case 'failed':
      return [`${name}: was to go by itself, and could not be removed: ${outcome.error.message}`];
    case 'kept':
      return [`${name}: was to go by itself, and stays: ${protectionsText(outcome.protections)}.`];
    case 'removed': {
      const what = notice.what === 'environment' ? 'its environment' : 'it';
      const undo = outcome.result.undo === undefined ? '' : ' Undo Delete brings it back.';
      const remarks = deleteRemarks(outcome.result).map((remark) => ` ${remark}`);
      const unused = plural(Math.floor((now - notice.usedAt) / (24 * 3600_000)), 'day');
      return [`${name}: ${what} was removed by itself, as nobody had used it for ${unused}.${undo}${remarks.join('')}`];
    }
  }
}
