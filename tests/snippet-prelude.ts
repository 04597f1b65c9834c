/**
 * What snippets of the docs lean on: a page's own names, and those that an earlier snippet of the same page made. Declared, so
 * that everything that is Attune's is checked.
 */
export const SNIPPET_PRELUDE: string = `
import type * as A from 'attune';
import type * as Lab from 'attune/lab';

declare global {
  interface Article { slug: string; title: string; summary: string; id: string; isNew: boolean }
  interface Product { sku: string; name: string; about: string; stock: number; margin: number }
  interface WindowEventMap {
    /** Of a service worker, whose own types are no page's. */
    fetch: Event & { readonly request: Request; respondWith(response: Promise<Response>): void };
  }
  type Rule<T> = A.Rule<T>;
  interface Room { id: string; title: string }

  const createAttune: typeof A.createAttune;
  const attune: A.Attune<Article>;
  let ranking: A.Ranking<Article>;
  const article: Article;
  const articles: readonly Article[];
  const items: readonly Article[];
  const product: Product;
  const products: readonly Product[];
  const allRooms: readonly Room[];
  const transcript: readonly A.ChatMessage[];
  const sliders: readonly A.SliderDefinition[];
  const list: HTMLElement & number & { id: string }[];
  const plan: string & Lab.Plan;
  const launchedAt: number;
  const latencyMs: number;

  function show(what: unknown): void;
  function note(text: string, more?: readonly string[]): void;
  function render(item: unknown): HTMLElement;
  function line(text: string): HTMLElement;
  function download(text: string): void;
  function isPhone(): boolean;
  function byDate<T>(ranking: readonly A.RankedItem<T>[]): A.RankedItem<T>[];
  let onClick: (item: Article) => void;
  const everybodys: readonly Lab.StudyCounts[];

  const slider: HTMLInputElement;
  const controls: HTMLElement;
  const inspector: HTMLElement;
  const box: HTMLInputElement;
  const form: HTMLFormElement;
  const onboarding: HTMLFormElement;
  const basket: HTMLElement;
  const [moreButton, skipButton, undoButton, exportButton, eraseButton, offButton]: HTMLElement[];

  const { bayesLimit, createWorld, createLog, drawSessions, findLeaks, planOf, positionBias, replay, reportHtml }: typeof Lab;
  const { standardRankers, summarize, interleave }: typeof Lab;
  function learnFrom(impressions: readonly Lab.Impression[]): void;
  const world: Lab.World;
  const person: Lab.WorldPerson;
  const rows: Parameters<typeof Lab.createLog>[0];
  const texts: Parameters<typeof Lab.createLog>[1];
  const embeddings: Lab.ItemRows;
  function mine(): Lab.Ranker;
}
`;
