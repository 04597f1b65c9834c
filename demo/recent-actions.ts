import type { RecentInteraction } from 'attune';
import { ago, youDid } from './ago.js';
import { button, element } from './element.js';

/** The newest actions, each with a button that takes it back. */
export function recentActions(
  interactions: readonly RecentInteraction[],
  forget: (interactionId: string) => Promise<void>,
): HTMLElement {
  if (interactions.length === 0) return element('p', { class: 'hint' }, 'Nothing yet.');
  return element(
    'ul',
    { class: 'recent', 'data-testid': 'recent' },
    ...interactions.map(({ id, kind, title, at }) =>
      element(
        'li',
        {},
        element('span', {}, `${youDid(kind)} `, element('b', {}, title), element('small', {}, ago(at))),
        button('Forget', () => void forget(id), {
          'aria-label': `Forget: ${youDid(kind)} ${title}`,
          'data-forget': id,
        }),
      ),
    ),
  );
}
