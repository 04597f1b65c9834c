import { openTabs, type TabEvents, type Tabs } from './tabs.js';

/**
 * Joins the tabs of one log. To tell of an append costs a lone action a tenth of its time, so a tab that knows of no
 * other keeps it for the first one that arrives; each arrival is answered, so that both know.
 */
export function joinLog(name: string, events: TabEvents): Tabs {
  let isAlone = true;
  let lastKey = 0;
  const tabs = openTabs(name, {
    ...events,
    onNote(note) {
      const isArrival = note.type === 'arrived';
      if (isAlone || isArrival) tabs.tell({ type: 'appended', key: lastKey });
      isAlone = false;
      if (!isArrival) events.onNote(note);
    },
    onWake() {
      tabs.tell({ type: 'arrived' }); // others may have arrived while this one's channel was closed
      events.onWake();
    },
  });
  tabs.tell({ type: 'arrived' });
  const tell: Tabs['tell'] = (note) => {
    if (note.type === 'appended') lastKey = note.key;
    if (!isAlone || note.type !== 'appended') tabs.tell(note);
  };
  return Object.create(tabs, { tell: { value: tell } }) as Tabs;
}
