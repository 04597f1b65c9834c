// Checked by `tsc`, never run: what the elements' types promise, what they must refuse, and docs/elements.md.
import { type Attune, createAttune, type Ranking, type SliderDefinition } from 'attune';
import { type AttuneInspector, type AttuneSliders, defineElements, type SliderMove } from 'attune/elements';

interface Article {
  readonly slug: string;
}
declare const attune: Attune<Article>;
declare const definitions: readonly SliderDefinition[];

export function accepted(): void {
  defineElements();
  const sliders: AttuneSliders = document.createElement('attune-sliders');
  sliders.attune = attune;
  sliders.sliders = definitions;
  sliders.messages = { less: 'weniger', position: (at, low, high) => (at < 0 ? low : high) };
  const positions: Readonly<Record<string, number>> = sliders.value;
  sliders.addEventListener('input', (event: Event) => {
    const { id, position }: SliderMove = (event as CustomEvent<SliderMove>).detail;
    attune.setSlider(id, position);
  });
  const inspector: AttuneInspector | null = document.querySelector('attune-inspector');
  if (inspector !== null) inspector.sections = ['timeline', 'rights'];
  void positions;
}

export function refused(sliders: AttuneSliders, inspector: AttuneInspector): void {
  // @ts-expect-error an Attune is made by createAttune
  sliders.attune = {};
  // @ts-expect-error positions are set by the person, or by setSlider
  sliders.value = { pace: 1 };
  // @ts-expect-error no such text
  sliders.messages = { titel: '' };
  // @ts-expect-error no such section
  inspector.sections = ['secrets'];
}

export async function documented(show: (ranking: Ranking<Record<string, unknown>>) => void): Promise<void> {
  const sliders = [{ id: 'pace', label: 'Pace', low: 'calm, slow, quiet', high: 'fast, loud, thrilling' }];
  const attune = await createAttune({ sliders });
  defineElements();
  const [controls, inspector] = [document.createElement('attune-sliders'), document.createElement('attune-inspector')];
  Object.assign(controls, { attune, sliders });
  inspector.attune = attune;
  document.body.append(controls, inspector);

  let ranking = await attune.rank([]);
  controls.addEventListener('input', () => show((ranking = attune.rerank(ranking))));

  inspector.addEventListener('attune-consent', (event: Event) => {
    localStorage.setItem('consent', (event as CustomEvent<string>).detail);
  });
}
