// Checked by `tsc`, never run: what the public types promise, and what they must refuse.
import {
  type Attune,
  type AttuneOptions,
  createAttune,
  type HiddenItem,
  type Matches,
  type Ranking,
  type Term,
} from 'attune';

interface Article {
  readonly slug: string;
  readonly title: string;
}

declare const articles: readonly Article[];
declare const article: Article;

export async function accepted(): Promise<void> {
  const attune: Attune<Article> = await createAttune<Article>({
    consent: 'granted',
    id: ({ slug }) => slug,
    text: ({ title }) => title,
    sliders: [
      { id: 'pace', low: 'calm', high: 'fast' },
      { id: 'topic', text: 'music' },
    ],
    kinds: { save: 3, hide: -1 },
  });
  const id: string = attune.track('save', article, { dwellMs: 10 });
  attune.track('search', 'quiet piano');
  const ranking: Ranking<Article> = await attune.rank(articles, { limit: 20, signal: new AbortController().signal });
  const first: Article | undefined = ranking[0]?.item;
  const terms: readonly Term[] | undefined = ranking[0]?.terms;
  attune.rerank(ranking, { sliders: { pace: null }, refresh: true });
  const longer: Ranking<Article> = await attune.more(ranking, { limit: 10 });
  const hidden: HiddenItem<Article> | undefined = longer.hidden[0];
  const propensity: number | undefined = longer[0]?.propensity;
  await attune.rank(articles, {
    excludeSeen: { kinds: ['purchase'], withinMs: 1000 },
    minRelevance: 0.1,
    explore: { rate: 0.05, slots: 10, pool: 100 },
  });
  const found: Matches<Article> = await attune.search('quiet piano', { limit: 3 });
  const like: Article | undefined = (await attune.related(article, { items: articles }))[0]?.item;
  const less: string = attune.lessLike(article);
  const off: () => void = attune.on('profile', ({ sliders }) => sliders[0]?.position);
  await attune.data.forget(id);
  off();
  void [first, terms, hidden, propensity, found, like, less];
}

export async function refused(attune: Attune<Article>, ranking: Ranking<Article>): Promise<void> {
  // @ts-expect-error a consent that does not exist
  const consent: AttuneOptions<Article> = { consent: 'maybe' };
  // @ts-expect-error a slider with one pole
  await createAttune<Article>({ sliders: [{ id: 'pace', low: 'calm' }] });
  // @ts-expect-error an item of another type
  attune.track('save', { name: 'no slug' });
  // @ts-expect-error a ranking is read-only
  ranking[0] = undefined;
  // @ts-expect-error a rank weight that does not exist
  attune.rerank(ranking, { weights: { freshness: 1 } });
  // @ts-expect-error what was seen is left out or not mentioned
  await attune.rank(articles, { excludeSeen: false });
  // @ts-expect-error an exploration without its rate
  await attune.rank(articles, { explore: { slots: 5 } });
  // @ts-expect-error "less like this" is of an item
  attune.lessLike('some words');
  // @ts-expect-error an event that does not exist
  attune.on('tracked', () => undefined);
  // @ts-expect-error positions are numbers or null
  attune.setSlider('pace', 'high');
  void consent;
}
