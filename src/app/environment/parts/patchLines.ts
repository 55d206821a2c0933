import { expandReferences } from '@coppice/host/expandReferences';
import { envLine, envLineNote } from '../../../core/variables/envLine';
import { environmentFileName } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';

type Variables = Readonly<Record<string, string>>;

/**
 * The lines that a file is to end with: `$(NAME)` stands for what Coppice sets.
 *
 * @throws invalidInput for what it does not set, and for what cannot be written into such a file
 */
export function patchLines(path: string, patch: Variables, known: Variables): readonly string[] {
  return Object.entries(patch).flatMap(([name, said]) => {
    const place = `patch of ${path}: ${name}`;
    const value = expandReferences(said, (wanted) => {
      if (known[wanted] !== undefined) return known[wanted];
      throw new AppError(
        'invalidInput',
        `${place} names $(${wanted}), which Coppice does not set here; it sets ${Object.keys(known).sort().join(', ')}.`,
        { explanation: `In ${environmentFileName}, $$(${wanted}) is the text itself.` },
      );
    });
    const line = envLine(name, value);
    if (line === undefined)
      throw new AppError(
        'invalidInput',
        `${place} has a line end, or quotes of both kinds, or a backslash before another or at its end in it: there is no way to write that which every reader of env files understands.`,
      );
    const note = envLineNote(name, value);
    return note === undefined ? [line] : [note, line];
  });
}
