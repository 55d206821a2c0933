import type { PartStatus } from '../model';
import { plural } from '../text/plural';
import type { TemporalNews } from '../temporalNews';

/** What is said of a namespace in Temporal. */
export function temporalWords(news: TemporalNews): Pick<PartStatus, 'detail' | 'mark' | 'waits' | 'page'> {
  if (news.state === 'untold') return { detail: news.why };
  // Workers can do nothing.
  if (news.state !== 'told') return { detail: news.why, waits: news.why };
  const { running, failed, page } = news;
  const detail = [`${plural(running, 'workflow')} running`, failed > 0 ? `${failed} failed` : ''];
  return {
    detail: detail.filter(Boolean).join(', '),
    ...(page === undefined ? {} : { page }),
    ...(failed > 0 ? { mark: `${plural(failed, 'workflow')} failed` } : {}),
  };
}
