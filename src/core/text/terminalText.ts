/*
 * What programs print may command the terminal that it is shown in: move its cursor, write its title or its clipboard.
 */

// ESC [ … letter, ESC ] … BEL or ST, and the two-character forms (ECMA-48).
const sequenceSource = String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])`;
const sequence = new RegExp(sequenceSource, 'g');
// What is left of a cut-off sequence is a control character too, or two lines could make one command.
const sequenceOrControl = new RegExp(`${sequenceSource}|\\p{Cc}`, 'gu');
// Not with `>` or `?`: those set what keys send.
const colour = /^\u001b\[[\d;:]*m$/;
const endOfColour = '\u001b[0m';

/** The text alone: colours and other commands to a terminal are taken out whole, so that nothing of them is read as text. */
export function withoutSequences(text: string): string {
  return text.replace(sequence, '');
}

/** A line of a program's output for a terminal: whatever would command the terminal goes; its colours may stay. */
export function terminalLine(text: string, { colours }: { readonly colours: boolean }): string {
  const isColour = (found: string): boolean => colours && colour.test(found);
  let last = '';
  const line = text.replace(sequenceOrControl, (found) => {
    if (isColour(found)) last = found;
    return found === '\t' || isColour(found) ? found : '';
  });
  // A colour that a line leaves on would go on in what is printed next.
  return last === '' || /^\u001b\[0*m$/.test(last) ? line : line + endOfColour;
}
