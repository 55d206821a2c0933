import { embeddedPlace } from '../../support/place';
import { environmentsContract } from './environmentsContract';

environmentsContract('the embedded cluster', embeddedPlace);
