import { embeddedPlace } from '../../support/place';
import { startOrderContract } from './startOrderContract';

startOrderContract('the embedded cluster', embeddedPlace);
