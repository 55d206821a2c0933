import { parseQuantity } from '@coppice/host/parseQuantity';

/**
 * What an amount that a person sets (`500m`, `1.5Gi`) comes to; undefined: it is none. The charts' values.schema.json takes the
 * same ones, which are fewer than Kubernetes does.
 */
export function parseAmount(text: string): number | undefined {
  return /^[0-9]+(?:\.[0-9]+)?(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.test(text) ? parseQuantity(text) : undefined;
}
