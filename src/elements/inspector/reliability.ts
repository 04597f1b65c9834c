import type { SliderCalibration } from '../../index.js';
import { element } from '../element.js';
import type { Panel, PanelParts } from './panel.js';
import { reliabilityPlot } from './reliability-plot.js';

/** How each slider's probabilities have done. Before there is a curve nothing is called one, and no percentage shown. */
export function createPanel({ attune, messages, format }: PanelParts): Panel {
  const choice = element('select', { id: 'slider', part: 'select' });
  const filter = element('p', { class: 'field' }, element('label', { for: 'slider' }, messages.slider), ' ', choice);
  const record = element('div', { class: 'record' });
  let calibrations: readonly SliderCalibration[] = [];
  let drawn = '';
  choice.addEventListener('change', draw);

  function draw(): void {
    const shown = calibrations.find(({ slider }) => slider === choice.value);
    const state = JSON.stringify([shown?.slider, shown?.versions, shown?.outcomes]);
    if (state === drawn) return; // a table that someone opened stays open
    drawn = state;
    if (shown === undefined) record.replaceChildren(element('p', { class: 'note' }, messages.noSliders));
    else if (shown.calibration === 'none') {
      record.replaceChildren(element('p', { class: 'note' }, messages.tooFew(format.count(shown.outcomes))));
    } else record.replaceChildren(...known(shown));
  }

  function known({ judged, brier, error, reliability }: SliderCalibration): HTMLElement[] {
    if (brier === null || reliability.length === 0) return [element('p', { class: 'note' }, messages.nothing)];
    const stray = error.squared <= 0 ? null : format.percent(error.ece);
    const words = messages.calibrated(format.count(judged), stray, format.decimal(brier));
    return [
      element('p', {}, words),
      element(
        'figure',
        {},
        reliabilityPlot(reliability, words, messages),
        element('figcaption', { class: 'note' }, messages.diagram),
      ),
      element('details', {}, element('summary', {}, messages.asTable), table(reliability)),
    ];
  }

  function table(points: SliderCalibration['reliability']): HTMLElement {
    const head = [messages.given, messages.cameTrue, '95 %', messages.outcomes];
    return element(
      'table',
      { part: 'table' },
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      element(
        'tbody',
        {},
        ...points.map(({ probability, frequency, low, high, count }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, format.percent(probability)),
            ...[
              format.percent(frequency),
              messages.interval(format.percent(low), format.percent(high)),
              format.count(count),
            ].map((text) => element('td', {}, text)),
          ),
        ),
      ),
    );
  }

  return {
    nodes: [filter, record],
    async refresh() {
      calibrations = await attune.calibration();
      const labels = new Map(attune.profile().sliders.map(({ id, label }) => [id, label]));
      if (
        calibrations.map(({ slider }) => slider).join('\n') !== [...choice.options].map(({ value }) => value).join('\n')
      ) {
        choice.replaceChildren(
          ...calibrations.map(({ slider }) => element('option', { value: slider }, labels.get(slider) ?? slider)),
        );
      }
      filter.hidden = calibrations.length === 0;
      draw();
    },
  };
}
