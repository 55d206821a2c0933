import { FakeImages } from '../../support/fakes/fakeImages';
import { imagesContract } from './imagesContract';

imagesContract('in memory', async () => {
  const images = new FakeImages();
  return {
    images,
    registry: { push: 'localhost:5000', pull: 'nodes:5000' },
    folder: '/code/repo',
    edit: async () => void (images.content = 'two'),
    dispose: async () => undefined,
  };
});
