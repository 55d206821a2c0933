/** How often something was at most so much. The last bound is Infinity. */
export interface Bucket {
  readonly bound: number;
  /** Those of the lower buckets included. */
  readonly count: number;
}

/**
 * The value that a share `q` of all stays below, as Prometheus' histogram_quantile estimates it: evenly spread within a bucket,
 * and the highest finite bound for what lies beyond it. undefined when there is nothing.
 *
 * @param buckets by bound, ascending
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[index];
  const below = buckets[index - 1];
  if (!bucket) return undefined;
  if (bucket.bound === Infinity) return below?.bound;
  const start = below?.bound ?? 0;
  const inBucket = bucket.count - (below?.count ?? 0);
  return inBucket === 0 ? bucket.bound : start + ((bucket.bound - start) * (rank - (below?.count ?? 0))) / inBucket;
}
