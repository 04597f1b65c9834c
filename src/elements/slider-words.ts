import type { SliderDefinition } from '../index.js';

/** Who put a slider where it stands: the person, their actions, or nobody yet. */
export type SliderVoice = 'own' | 'inferred' | 'unknown';

/** Every text of `<attune-sliders>`. */
export interface SliderMessages {
  /** Names the whole group. */
  readonly title: string;
  readonly legendInferred: string;
  readonly legendOwn: string;
  /** Names one slider to a screen reader; begins with the label that is seen. */
  readonly name: (label: string, low: string, high: string) => string;
  /** A position in [-1, 1] in words, such as "rather calm". */
  readonly position: (position: number, low: string, high: string) => string;
  /** Who put it there, by {@link SliderVoice}. */
  readonly voice: Readonly<Record<SliderVoice, string>>;
  /** Names the button that leaves a slider to the inferred position. */
  readonly handBack: (label: string) => string;
  /** Poles of a slider of one text, or whose texts are not known. */
  readonly less: string;
  readonly more: string;
  /** While there is no Attune, where it has no sliders, and while privacy is 'off'. */
  readonly waiting: string;
  readonly none: string;
  readonly off: string;
}

/** From which strength on a position is called more than in between, a little, rather. Judgement. */
const DEGREES = [0.1, 0.35, 0.75] as const;

export const SLIDER_MESSAGES: SliderMessages = {
  title: 'Your say',
  legendInferred: 'from what you did',
  legendOwn: 'set by you',
  name: (label, low, high) => `${label}, from ${low} to ${high}`,
  position(position, low, high) {
    const strength = Math.abs(position);
    if (strength < DEGREES[0]) return `between ${low} and ${high}`;
    const degree = strength < DEGREES[1] ? 'a little' : strength < DEGREES[2] ? 'rather' : 'clearly';
    return `${degree} ${position < 0 ? low : high}`;
  },
  voice: { own: 'set by you', inferred: 'from what you did', unknown: 'not known yet' },
  handBack: (label) => `Leave ${label} to what I do`,
  less: 'less',
  more: 'more',
  waiting: 'Sliders come when this page is ready.',
  none: 'This page has no sliders.',
  off: 'Personalization is switched off, and sliders with it.',
};

/** What stands at the two ends: the first idea of each pole, as people read it. */
export function polesOf(
  definition: SliderDefinition | undefined,
  messages: SliderMessages,
): readonly [low: string, high: string] {
  if (definition === undefined || !('low' in definition)) return [messages.less, messages.more];
  return [firstIdea(definition.low), firstIdea(definition.high)];
}

function firstIdea(pole: string): string {
  return pole.split(/[,،、]/)[0]!.trim();
}
