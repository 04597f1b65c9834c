import { element } from '../element.js';
import type { Fact } from './messages.js';
import type { Panel, PanelParts } from './panel.js';

/** What is kept and where, in numbers. */
export function createPanel({ attune, messages, format }: PanelParts): Panel {
  const facts = element('dl', { class: 'facts', part: 'facts' });

  /** What the browser says of the whole site's space; it tells nobody's share apart. */
  async function space(): Promise<readonly (readonly [Fact, string])[]> {
    const { storage } = navigator as { readonly storage?: StorageManager }; // only where the page came safely
    const [estimate, isLasting] = await Promise.all([storage?.estimate?.(), storage?.persisted?.()]);
    return [
      ['bytes', estimate?.usage === undefined ? messages.unknown : format.bytes(estimate.usage)],
      ['lasting', isLasting === undefined ? messages.unknown : messages.yesNo(isLasting)],
    ];
  }

  return {
    nodes: [facts],
    async refresh() {
      const [{ interactions, items }, told] = await Promise.all([attune.data.export(), space()]);
      const { interactionCount, modelVersion } = attune.profile();
      const known: (readonly [Fact, string])[] = [
        ['where', messages.kept[attune.data.storage]],
        ['actions', format.count(interactionCount)],
        ['things', format.count(items.length)],
        ['noted', format.count(Math.max(0, interactions.length - interactionCount))],
        ...(interactions[0] === undefined ? [] : [['since', format.date(interactions[0].at)] as const]),
        ...told,
        ['model', modelVersion],
      ];
      facts.replaceChildren(
        ...known.flatMap(([fact, value]) => [element('dt', {}, messages.facts[fact]), element('dd', {}, value)]),
      );
    },
  };
}
