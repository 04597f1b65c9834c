import type { Attune } from 'attune';
import type { DemoItem } from './catalogue.js';
import { find } from './element.js';

export type StepName = 'taste' | 'save' | 'order' | 'slider' | 'why' | 'device';

/** A thing to do, and how it is seen to be done. */
export interface Step {
  readonly name: StepName;
  readonly title: string;
  readonly text: string;
  /** What the step speaks of, in the first card or else on the page; styles/tour.css outlines the same. */
  readonly target: string;
  readonly inCard?: true;
  /** Calls `done` once the person did it; returns what ends the watch. */
  readonly watch: (done: () => void, attune: Attune<DemoItem>) => () => void;
}

/** What a newcomer may say of themselves. Judgement: each lies in two or three of the catalogue's fields. */
export const STATEMENTS = [
  'Quiet evenings at home',
  'Out in nature',
  'Cooking for friends',
  'Films and novels',
  'Sport and adventure',
  'Making things by hand',
  'Music, live and loud',
  'How the world works',
] as const;

const SAVES = 3;

/** Whether three things are saved, at an earlier visit perhaps. */
export async function savedEnough(attune: Attune<DemoItem>): Promise<boolean> {
  return (await attune.data.recent(SAVES, { kinds: ['save'] })).length >= SAVES;
}

function on(selector: string, type: string, which: string = selector): Step['watch'] {
  return (done) => {
    const host = find(selector);
    const listener = (event: Event): void => {
      if ((event.target as Element).closest(which) !== null) done();
    };
    host.addEventListener(type, listener);
    return () => host.removeEventListener(type, listener);
  };
}

export const STEPS: readonly Step[] = [
  {
    name: 'taste',
    title: 'What do you like?',
    text: 'Choose two or three. The list follows at once.',
    target: '#list',
    watch: () => () => {},
  },
  {
    name: 'save',
    title: 'Save three things',
    text: 'By the bookmark on their cards. What you do says more than any form.',
    target: '[data-action=save]',
    inCard: true,
    watch: (done, attune) =>
      attune.on('profile', async () => {
        if (await savedEnough(attune)) done();
      }),
  },
  {
    name: 'order',
    title: 'Show your new order',
    text: 'Nothing moved under your eyes: the page offers what it learned. Press “Your order changed: show it”.',
    target: '#new-order',
    watch: on('#new-order', 'click'),
  },
  {
    name: 'slider',
    title: 'Drag a slider',
    text: 'The cards move while you drag. The diamond is what your actions suggest, the handle is your own say.',
    target: '[data-slider]',
    watch: on('#sliders', 'change', 'input'),
  },
  {
    name: 'why',
    title: 'Ask why',
    text: '“Why?” on a card shows the very numbers that place it there.',
    target: '[data-action=why]',
    inCard: true,
    watch: on('#why', 'close'),
  },
  {
    name: 'device',
    title: 'See what this device knows',
    text: 'All of it is there, and each thing can be forgotten, or everything.',
    target: '#open-device-panel',
    watch: on('#device-panel', 'close'),
  },
];
