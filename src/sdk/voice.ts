import { isRefusal } from '../domain/consent.js';
import { openTabs, type TabNote, type Tabs } from '../storage/tabs.js';
import type { Standing } from './standing.js';

/** Apart from the log's channel, because a page hears what it says itself on another channel of the same name. */
export function willName(user: string): string {
  return `attune-will/${user}`;
}

/** What other tabs say about the person's will. */
export interface Hearing {
  readonly onRefused: (consent: 'denied' | 'withdrawn') => void;
  readonly onErased: () => void;
  readonly onIgnored: (id: string) => void;
}

/**
 * The channel of the person's will among the tabs of a user, wherever their logs lie. A tab that opens or wakes asks;
 * those in which the person refused answer, unless the answer in force in the asking tab is newer.
 */
export function openVoice(standing: Standing, { onRefused, onErased, onIgnored }: Hearing): Tabs {
  const refusal = (): TabNote[] =>
    isRefusal(standing.answer) ? [{ type: 'refused', consent: standing.answer, at: standing.answeredAt }] : [];
  const voice = openTabs(willName(standing.user), {
    onNote(note) {
      if (note.type === 'refused' && note.at >= standing.answeredAt) onRefused(note.consent);
      else if (note.type === 'ignored') onIgnored(note.id);
      else if (note.type === 'erased' && standing.log.kind === 'memory' && !isRefusal(standing.consent)) onErased();
      else if (note.type === 'woke') refusal().forEach(voice.tell);
    },
    onHide() {},
    onSleep() {},
    onWake: () => voice.tell({ type: 'woke' }),
  });
  for (const note of [...refusal(), { type: 'woke' } as const]) voice.tell(note);
  return voice;
}
