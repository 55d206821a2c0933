import { embeddedPlace } from '../../support/place';
import { helmContract } from './helmContract';

helmContract('the embedded cluster', embeddedPlace);
