// Checked by `tsc`, never run: what the hooks' types promise, what they must refuse, and docs/react.md.
import { useEffect, useRef } from 'react';
import type { Attune, Catalogue, Profile, Ranking } from 'attune';
import { AttuneProvider, useAttune, useProfile, useRanking, useSliders } from 'attune/react';

interface Article {
  readonly slug: string;
  readonly title: string;
}
const SLIDERS = [{ id: 'pace', low: 'calm', high: 'fast' }];

export function App({ articles }: { articles: readonly Article[] }) {
  return (
    <AttuneProvider options={{ consent: 'granted', id: (article: Article) => article.slug, sliders: SLIDERS }}>
      <Feed articles={articles} />
    </AttuneProvider>
  );
}

function Feed({ articles }: { articles: readonly Article[] }) {
  const { items, waiting, refresh, lessLike } = useRanking(articles, { limit: 20 });
  return (
    <>
      {waiting && <button onClick={() => void refresh()}>Your order changed: show it</button>}
      <ol>
        {items.map((article) => (
          <li key={article.slug}>
            {article.title} <button onClick={() => lessLike(article)}>Less like this</button>
          </li>
        ))}
      </ol>
    </>
  );
}

function Suggestions({ articles }: { articles: readonly Article[] }) {
  const { items, ranking, error } = useRanking(articles, { first: 'ranked', excludeSeen: true });
  if (ranking === undefined && error === undefined) return <p>One moment…</p>;
  return (
    <ol>
      {items.map(({ slug, title }) => (
        <li key={slug}>{title}</li>
      ))}
    </ol>
  );
}

function Controls() {
  const { sliders, set } = useSliders();
  const profile = useProfile();
  const attune = useAttune<Article>();
  return (
    <fieldset disabled={attune === undefined}>
      <legend>{profile?.interactionCount ?? 0} actions so far</legend>
      {sliders.map(({ id, label, position, override }) => (
        <label key={id}>
          {label}
          <input
            type="range"
            min={-1}
            max={1}
            step={0.01}
            value={position}
            onChange={({ target }) => set(id, target.valueAsNumber)}
          />
          {override !== null && <button onClick={() => set(id, null)}>Leave it to what I do</button>}
        </label>
      ))}
    </fieldset>
  );
}

function Card({ article, ranking }: { article: Article; ranking: Ranking<Article> | undefined }) {
  const attune = useAttune<Article>();
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (attune === undefined || ranking === undefined || element.current === null) return undefined;
    return attune.observe(element.current, ranking, article.slug);
  }, [attune, ranking, article.slug]);
  return <li ref={element}>{article.title}</li>;
}

export const used = [Suggestions, Controls, Card];

export function accepted(attune: Attune<Article>, catalogue: Catalogue<Article>): Ranking<Article> | undefined {
  const profile: Profile | undefined = useProfile();
  const { ranking } = useRanking(catalogue, {
    id: ({ slug }) => slug,
    boosts: { short: ({ title }) => -title.length },
  });
  void [profile, <AttuneProvider key="own" attune={attune} />];
  return ranking;
}

export function refused(articles: readonly Article[]): void {
  // @ts-expect-error it ends with its component by itself
  useRanking(articles, { signal: new AbortController().signal });
  // @ts-expect-error no such start
  useRanking(articles, { first: 'last' });
  const { sliders, set } = useSliders();
  // @ts-expect-error positions are numbers, or null
  set('pace', 'fast');
  // @ts-expect-error what is read is not to be written
  sliders.length = 0;
}
