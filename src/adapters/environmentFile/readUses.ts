import type { FillingSpec, UsedSpec } from '../../core/environmentFile';
import { isUsedTool } from '../../core/uses/usedTools';
import type { PieceReaders } from './commandList';
import type { Value } from './readYaml';
import { isMapping, type Mapping } from './values';

/** `uses`: each a tool's name, or a mapping with more. What has a wrong shape is passed over: the schema has told it. */
export function usedSpecs(value: Value | undefined, read: Pick<PieceReaders, 'command' | 'inputs'>): UsedSpec[] {
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([name, said]): UsedSpec[] => {
    const tool = isMapping(said) ? said['tool'] : said;
    if (typeof tool !== 'string' || !isUsedTool(tool)) return [];
    const filling = isMapping(said) ? readFilling(said, ['uses', name], read) : undefined;
    const isFilled = filling?.migrate !== undefined || filling?.seed !== undefined;
    return [{ name, tool, ...(isFilled ? { filling } : {}) }];
  });
}

/** What a mapping says of how a template is filled. */
export function readFilling(
  value: Mapping,
  path: readonly string[],
  read: Pick<PieceReaders, 'command' | 'inputs'>,
): FillingSpec {
  const { migrate, seed, timeout, inputs } = value;
  return {
    migrate: read.command(migrate, [...path, 'migrate']),
    seed: read.command(seed, [...path, 'seed']),
    ...(typeof timeout === 'number' ? { timeout } : {}),
    inputs: read.inputs(inputs, [...path, 'inputs']),
  };
}
