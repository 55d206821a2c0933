import type { EventRecorder } from './engineTypes';

/** The methods of the kubelet's recorder, which several of its parts hold: they go to another one from now on. */
export function replaceRecorder(recorder: EventRecorder, other: EventRecorder): void {
  recorder.event = (...args) => other.event(...args);
  recorder.eventf = (...args) => other.eventf(...args);
  recorder.annotatedEventf = (...args) => other.annotatedEventf(...args);
}
