import { embeddedPlace } from '../../support/place';
import { environmentsContract } from './environmentsContract';
import { version } from '../../../package.json';
import { verifies } from '../../support/verified';

verifies('Embedded cluster', () => version, {
  obtained: 'this repository',
  asked: 'environments by the product: create, update, delete, what others own',
});

environmentsContract('the embedded cluster', embeddedPlace);
