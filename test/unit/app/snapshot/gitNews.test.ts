import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StoreStage } from './storeStage';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is told when git has some, and that there may have been some before anybody looked', async () => {
  const stage = new StoreStage();
  stage.store.setVisible(true);
  await stage.settle();
  const news = (): string[] => stage.calls.filter((call) => call.startsWith('git news'));
  expect(news()).toEqual(['git news of /code/repo']);
  stage.gitChanged.fire();
  expect(news()).toHaveLength(2);
  stage.store.dispose();
  stage.gitChanged.fire();
  expect(news()).toHaveLength(2);
});
