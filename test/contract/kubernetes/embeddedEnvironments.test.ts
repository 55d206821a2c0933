import { embeddedPlace } from '../../support/place';
import { environmentsContract } from './environmentsContract';
import { version } from '../../../package.json';
import { verifies } from '../../support/verified';

verifies('Embedded cluster', () => version);

environmentsContract('the embedded cluster', embeddedPlace);
