import { embeddedPlace } from '../../support/place';
import { workloadsContract } from './workloadsContract';

workloadsContract('the embedded cluster', embeddedPlace);
