import type { Telemetry, TelemetryListener, TelemetrySample } from '../core/ports/telemetry';

/** What is known of one environment at the end of a round. */
export interface Told<Target> {
  readonly target: Target;
  /** The last one; undefined while there was none. */
  readonly sample: TelemetrySample | undefined;
  /** Why nothing new comes. */
  readonly failure: string | undefined;
}

/** One round whenever each environment told something new, or why it does not. Ends with the signal, without an error. */
export async function* topRounds<Target extends { readonly namespace: string }>(
  telemetry: Pick<Telemetry, 'watch'>,
  targets: readonly Target[],
  signal: AbortSignal,
): AsyncGenerator<readonly Told<Target>[], void> {
  let wake = (): void => undefined;
  const states = targets.map((target) => ({
    target,
    sample: undefined as TelemetrySample | undefined,
    failure: undefined as string | undefined,
    isNew: false,
  }));
  for (const state of states) {
    const listener: TelemetryListener = {
      onSamples: (samples) => {
        Object.assign(state, { sample: samples.at(-1), isNew: true });
        wake();
      },
      onState: (failure) => {
        Object.assign(state, { failure, isNew: failure !== undefined });
        wake();
      },
    };
    telemetry.watch(state.target.namespace, listener, signal);
  }
  signal.addEventListener('abort', () => wake(), { once: true });
  while (!signal.aborted) {
    const isRound =
      states.some(({ isNew }) => isNew) && states.every(({ isNew, failure }) => isNew || failure !== undefined);
    if (!isRound) {
      await new Promise<void>((resolve) => (wake = resolve));
      continue;
    }
    for (const state of states) state.isNew = false;
    yield states.map(({ target, sample, failure }) => ({ target, sample, failure }));
  }
}
