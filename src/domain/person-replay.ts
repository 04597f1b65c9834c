import {
  type EmbeddedInteraction,
  emptyProfile,
  type ProfileRules,
  type ProfileState,
  type ProfileVectors,
  readProfile,
  updateProfile,
} from './profile.js';

/** A person as they were known while a log goes by. */
export interface PersonReplay {
  /** Takes in what was done, in (at, id) order. */
  take(entry: EmbeddedInteraction): void;
  /** The person after all that was taken in: read once until more is, because directions don't age. Undefined before the first. */
  person(at: number): ProfileVectors | undefined;
  /** The profile after all that was taken in; null before the first. */
  state(): ProfileState | null;
}

/** @param profile what there was before; null for nothing */
export function replayPerson(modelVersion: string, rules: ProfileRules, profile: ProfileState | null): PersonReplay {
  let state = profile;
  let waiting: EmbeddedInteraction[] = [];
  let known: ProfileVectors | undefined;

  function learn(): ProfileState | null {
    const [first] = waiting;
    if (first === undefined) return state;
    state ??= emptyProfile(modelVersion, first.embedding.length, rules);
    state = updateProfile(state, waiting, rules, waiting.at(-1)!.interaction.at);
    waiting = [];
    known = undefined;
    return state;
  }

  return {
    take: (entry) => void waiting.push(entry),
    person(at) {
      const current = learn();
      return (known ??= current === null ? undefined : readProfile(current, rules, at));
    },
    state: learn,
  };
}
