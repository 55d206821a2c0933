import type { ShownPart } from './part';

/** Only where its URLs lead nowhere: services have rows of their own. */
export const shownRelease: Required<ShownPart>['status'] = ({ ingresses, annotations: { host = '' } }) => {
  const trouble = ingresses.find((each) => each.trouble !== undefined)?.trouble;
  return trouble === undefined ? undefined : { title: 'Route', name: host, detail: trouble, waits: trouble };
};
