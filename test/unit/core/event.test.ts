import { describe, expect, it } from 'vitest';
import { DisposableStore, Emitter, type Disposable } from '../../../src/core/event';

describe('Emitter', () => {
  it('calls its listeners in the order of their subscription, until they are disposed', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const first = emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    expect(heard).toEqual(['first 1', 'second 1', 'second 2']);
    expect(emitter.hasListeners).toBe(true);
    emitter.dispose();
    emitter.fire(3);
    expect(heard).toHaveLength(3);
    expect(emitter.hasListeners).toBe(false);
  });

  it('subscribes the same function as often as it is asked to', () => {
    const emitter = new Emitter<void>();
    let calls = 0;
    const listener = (): void => void calls++;
    const subscription = emitter.event(listener);
    emitter.event(listener);
    subscription.dispose();
    emitter.fire();
    expect(calls).toBe(1);
  });

  it('lets the others hear when one throws', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<string>((error) => errors.push(error));
    const heard: string[] = [];
    const failure = new Error('no');
    emitter.event(() => {
      throw failure;
    });
    emitter.event((value) => heard.push(value));
    emitter.fire('news');
    expect(heard).toEqual(['news']);
    expect(errors).toEqual([failure]);
  });

  it('calls who unsubscribes another during a call, and whom it unsubscribed not again', () => {
    const emitter = new Emitter<void>();
    const heard: string[] = [];
    emitter.event(() => {
      heard.push('a');
      second.dispose();
      emitter.event(() => heard.push('late'));
    });
    const second = emitter.event(() => heard.push('b'));
    emitter.fire();
    // The round that was begun is ended with those who were there.
    expect(heard).toEqual(['a', 'b']);
  });

  it('has the shape of an editor event: this, and where the subscription goes', () => {
    const emitter = new Emitter<number>();
    const held: Disposable[] = [];
    const that = { sum: 0 };
    emitter.event(
      function (this: typeof that, value: number) {
        this.sum += value;
      },
      that,
      held,
    );
    emitter.fire(2);
    held.forEach((one) => one.dispose());
    emitter.fire(3);
    expect(that.sum).toBe(2);
  });
});

describe('DisposableStore', () => {
  it('disposes in reverse order, once, and at once what comes late', () => {
    const store = new DisposableStore();
    const gone: string[] = [];
    const named = (name: string): Disposable => ({ dispose: () => void gone.push(name) });
    store.add(named('a'));
    store.add(named('b'));
    store.dispose();
    store.dispose();
    expect(gone).toEqual(['b', 'a']);
    store.add(named('late'));
    expect(gone).toEqual(['b', 'a', 'late']);
  });
});
