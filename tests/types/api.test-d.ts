// Checked by `tsc`, never run: what the public types promise, and what they must refuse.
import {
  type Attune,
  type AttuneOptions,
  createAttune,
  type HiddenItem,
  type Matches,
  type Ranking,
  type SliderCalibration,
  type SliderScore,
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
    contextRules: [{ weekdays: [0, 6], hours: [22, 6], device: 'phone', factors: { recency: 2 } }],
    rules: [
      { name: 'spoilers', phrase: 'the ending', effect: -1 },
      { name: 'advertising', tag: 'sponsored', effect: -0.5, halfLifeMs: 1000, since: 0 },
    ],
  });
  const rules = [{ name: 'short', when: ({ title }: Article) => title.length < 20, effect: 1 }];
  await attune.rank(articles, { rules });
  const scores: readonly SliderScore[] = await attune.score(article, {
    context: { weekday: 0, hour: 9, device: 'tv' },
  });
  const part: Term | undefined = scores[0]?.terms[0];
  await attune.data.import([{ role: 'user', content: 'hello', at: 0 }], { roles: { user: 'write' } });
  await attune.data.import([{ timestamp: 0, action_type: 'save', content: 'hello' }]);
  const arm: string | null = await attune.exposure({ id: 'spring', arms: ['now', 'next'] }, { latencyMs: 3 });
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
  const end: () => void = attune.observe(document.body, ranking, 'an-article');
  const noted: string = await attune.impression(ranking, 'an-article');
  await attune.outcome(article, 1);
  await attune.outcome('an-article', 0);
  const known: readonly SliderCalibration[] = await attune.calibration('pace');
  off();
  void [arm, first, terms, end, noted, known, part, hidden, propensity, found, like, less];
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
  // @ts-expect-error an outcome is 0 or 1
  await attune.outcome(article, 0.5);
  // @ts-expect-error arms are a list
  await attune.exposure({ id: 'spring', arms: { now: 1 } });
  // @ts-expect-error what was shown is of a ranking
  await attune.impression(articles, 'an-article');
  // @ts-expect-error positions are numbers or null
  attune.setSlider('pace', 'high');
  // @ts-expect-error a rule with two conditions
  await attune.rank([], { rules: [{ name: 'x', effect: 1, phrase: 'a', tag: 'b' }] });
  // @ts-expect-error a rule without a condition
  await attune.rank([], { rules: [{ name: 'x', effect: 1 }] });
  // @ts-expect-error a phrase that is no text
  await createAttune<Article>({ prompts: { write: 7 } });
  // @ts-expect-error a message without words
  await attune.data.import([{ role: 'user' }]);
  void consent;
}
