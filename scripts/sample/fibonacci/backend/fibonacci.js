export const LARGEST = 10_000;

/**
 * The nth fibonacci number, from fibonacci(0) = 0.
 * @param {number} n
 */
export function fibonacci(n) {
  if (!Number.isInteger(n) || n < 0 || n > LARGEST)
    throw new RangeError(`n must be a whole number from 0 to ${LARGEST}`);
  let [current, next] = [0n, 1n];
  for (let i = 0; i < n; i++) [current, next] = [next, current + next];
  return current;
}
