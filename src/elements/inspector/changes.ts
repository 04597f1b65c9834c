import type { AdaptationReport, SliderCalibration } from '../../index.js';
import { button, element } from '../element.js';
import { type Panel, type PanelParts, redraw } from './panel.js';

/** Decisions shown of each kind, newest first. Judgement. */
const MOST = 20;
const PARTS = ['gate', 'adapter'] as const;

/** The audit trail: what was decided without the person, and what of it they can take back. */
export function createPanel({ attune, messages, format, act }: PanelParts): Panel {
  const body = element('div', { class: 'record' });

  function part(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
    return rows.length === 0 ? [] : [element('h4', {}, title), element('ul', { class: 'list', part: 'list' }, ...rows)];
  }

  function tastes({ drift: { changes } }: AdaptationReport): HTMLElement[] {
    const newest = changes.find(({ undone }) => !undone);
    return changes
      .slice(0, MOST)
      .map((change) =>
        element(
          'li',
          {},
          element(
            'span',
            { class: 'what' },
            messages.changed(format.list(change.from), format.list(change.to)),
            element('time', { datetime: new Date(change.at).toISOString(), class: 'note' }, format.date(change.at)),
          ),
          ...(change === newest
            ? [button(messages.notSo, () => act(() => attune.adaptation.undo()), { 'data-key': 'drift' })]
            : []),
          ...(change.undone ? [element('span', { class: 'note' }, messages.takenBack)] : []),
        ),
      );
  }

  function learned(report: AdaptationReport): HTMLElement[] {
    return PARTS.filter((name) => report[name].reason !== 'off').map((name) =>
      element(
        'li',
        {},
        element(
          'span',
          { class: 'what' },
          messages.part[name],
          element('span', { class: 'note' }, messages.reason[report[name].reason]),
        ),
        ...(report[name].trainedAt === null
          ? []
          : [button(messages.unlearn, () => act(() => attune.adaptation.reset(name)), { 'data-key': name })]),
      ),
    );
  }

  function curves(calibrations: readonly SliderCalibration[]): HTMLElement[] {
    const labels = new Map(attune.profile().sliders.map(({ id, label }) => [id, label]));
    return calibrations
      .flatMap(({ slider, trail }) => trail.map((each) => ({ ...each, label: labels.get(slider) ?? slider })))
      .sort((a, b) => b.at - a.at)
      .slice(0, MOST)
      .map(({ at, label, seen, cause, decision, kind }) =>
        element(
          'li',
          {},
          element(
            'span',
            { class: 'what' },
            element('b', {}, label),
            ` ${messages.decided(decision, kind)}`,
            element(
              'span',
              { class: 'note' },
              `${format.date(at)}, ${messages.after(format.count(seen))}: ${messages.cause[cause]}`,
            ),
          ),
        ),
      );
  }

  return {
    nodes: [body],
    async refresh() {
      const [report, calibrations] = await Promise.all([attune.adaptation.report(), attune.calibration()]);
      const parts = [
        ...part(messages.tastes, tastes(report)),
        ...part(messages.learned, learned(report)),
        ...part(messages.curves, curves(calibrations)),
      ];
      const none = element('p', { class: 'note', tabindex: -1 }, messages.noChanges);
      redraw(body, parts.length === 0 ? [none] : parts, () => none);
    },
  };
}
