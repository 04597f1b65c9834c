import type { Store } from 'attune';
import type { Interaction } from '../src/domain/interaction.js';
import type { ProfileRules } from '../src/domain/profile.js';
import { createLearner, type Learner } from '../src/sdk/learn.js';
import { type Log, openLog } from '../src/sdk/log.js';
import { createTexts } from '../src/sdk/texts.js';
import { createModel } from '../src/sdk/model.js';
import { DAY, HOUR, oneHotEncoder, START } from './one-hot.js';

/** Tabs of one person in one process: each with its own log and learner over one store, notes passed by hand. */

export const RULES: ProfileRules = {
  kinds: { save: 3, view: 0.5, hide: -1.5 },
  temperature: 1,
  longHalfLifeMs: 14 * DAY,
  sessionHalfLifeMs: 6 * HOUR,
};
export const MODEL = 'one-hot-1';

type Note = { readonly key: number } | 'changed' | 'erased';

export class Tab {
  inbox: Note[] = [];
  latest = 0;
  learner!: Learner;
  log!: Log;
}

export class World {
  time = START;
  tabs: Tab[] = [];
  tracked: string[] = [];
  works: Promise<unknown>[] = [];
  failures: unknown[] = [];
  made = 0;
  readonly user: string;
  readonly given: Store | undefined;

  constructor(user: string, given: Store | undefined) {
    this.user = user;
    this.given = given;
  }

  tell(from: Tab, note: Note): void {
    for (const tab of this.tabs) if (tab !== from) tab.inbox.push(note);
  }

  async start(tab: Tab, given = this.given): Promise<Tab> {
    tab.inbox = [];
    tab.latest = 0;
    const now = (): number => (tab.latest = Math.max(tab.latest, this.time));
    const choice = { modelVersion: MODEL, open: async () => oneHotEncoder() };
    const fail = (error: unknown): void => void this.failures.push(error);
    const model = createModel([choice], fail, () => undefined);
    const learner = createLearner(
      RULES,
      now,
      model,
      createTexts(model),
      () => tab.log,
      () => undefined,
      fail,
    );
    // One store in memory for all: a tab that closes leaves it open.
    const store = given && (Object.create(given, { close: { value() {} } }) as Store);
    tab.log = await openLog(this.user, 'disk', store, false, () => `id-${this.made++}-${this.user}`, {
      onStored: (first, last, interactions) => {
        learner.stored(first, last, interactions);
        this.tell(tab, { key: last });
      },
      onForeign: () => undefined,
      onChanged: () => undefined,
      onHide: () => undefined,
      onWake: () => undefined,
      onDisk: () => undefined,
      onLost: () => learner.reset(),
      onWarning: fail,
      now,
    });
    tab.learner = learner;
    await learner.open();
    return tab;
  }

  track(tab: Tab, kind: string, word: string, aheadMs = 0): void {
    tab.latest = Math.max(tab.latest, this.time);
    const interaction: Interaction = { id: `i${this.made++}`, kind, itemId: word, at: tab.latest + aheadMs };
    const item = { id: word, text: word, title: word };
    this.tracked.push(interaction.id);
    tab.log.add(interaction, item);
    tab.learner.learn(interaction, item);
  }

  async hear(tab: Tab): Promise<void> {
    for (const note of tab.inbox.splice(0)) {
      if (note === 'changed') await tab.learner.replay();
      else if (note === 'erased') {
        tab.learner.reset();
        await tab.learner.sync();
      } else await tab.learner.sync(note.key);
    }
  }
}
