import { element } from './element.js';
import type { ManyPeopleSource } from './many-people.js';
import { modelReport } from './model-report.js';

/** Lets a model of invented people have a say, and shows what it says. */
export interface ModelSwitch {
  /** Reads what the model makes of the person now. */
  refresh(): Promise<void>;
}

/** Puts the switch into `body`. The model is not fetched before it is on. */
export function createModelSwitch(body: HTMLElement, source: ManyPeopleSource): ModelSwitch {
  const box = element('input', { type: 'checkbox', 'data-testid': 'foundation-switch' });
  const told = element('div', { class: 'trust-record', role: 'status', 'data-testid': 'foundation-told' });
  let calls = 0;
  body.replaceChildren(
    element('label', { class: 'check' }, box, 'Let it have a say in my order'),
    element(
      'p',
      { class: 'hint' },
      'This one was trained on the log of 400 invented people: it knows nothing of real ones. It is fetched from this site when first ' +
        'switched on (430 kB) and runs on this device.',
    ),
    told,
  );

  async function refresh(): Promise<void> {
    const call = ++calls;
    if (!source.say.isOn) return;
    const report = await source.attune()?.foundation.report();
    if (call !== calls || report === undefined) return;
    told.replaceChildren(...modelReport(report, source.ranking() ?? []));
  }

  async function change(): Promise<void> {
    source.say.isOn = box.checked;
    calls++;
    told.replaceChildren(box.checked ? 'Fetching the model, and reading what you did…' : '');
    if (box.checked) await source.attune()?.foundation.report();
    await source.rankAnew();
    await refresh();
  }

  box.addEventListener('change', () => {
    change().catch(() => told.replaceChildren('That did not work; switch it off and on again.'));
  });
  return { refresh };
}
