import type { SetupCommand } from '../../core/environmentFile';
import type { Value } from './readYaml';

/** How the pieces of a command are read, with what is wrong told at their path in the file. */
export interface PieceReaders {
  command(value: Value | undefined, path: readonly string[]): readonly string[] | undefined;
  texts(value: Value | undefined, path: readonly string[]): Readonly<Record<string, string>>;
  inputs(value: Value | undefined, path: readonly string[]): readonly string[] | undefined;
}

/** A list of commands: text, argument lists, or mappings with more. What has a wrong shape is passed over: the schema has told it. */
export function commandList(
  value: Value | undefined,
  path: readonly string[],
  read: PieceReaders,
): readonly SetupCommand[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: Value, index): SetupCommand[] => {
    const at = [...path, String(index)];
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      const command = read.command(item, at);
      return command === undefined ? [] : [{ command, env: {}, timeout: undefined, inputs: undefined }];
    }
    const command = read.command(item['command'], [...at, 'command']);
    if (command === undefined) return [];
    const { timeout } = item;
    return [
      {
        command,
        env: read.texts(item['env'], [...at, 'env']),
        timeout: typeof timeout === 'number' ? timeout : undefined,
        inputs: read.inputs(item['inputs'], [...at, 'inputs']),
      },
    ];
  });
}
