import { embeddedPlace } from '../../support/place';
import { environmentKubeconfigsContract } from './environmentKubeconfigsContract';

environmentKubeconfigsContract('the embedded cluster', embeddedPlace);
