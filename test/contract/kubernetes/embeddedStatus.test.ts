import { embeddedPlace } from '../../support/place';
import { statusContract } from './statusContract';

statusContract('the embedded cluster', embeddedPlace);
