import type { AttuneError } from 'attune';

/** What was lost, in words for people, by the code of the warning. */
const PLAIN_WORDS: Readonly<Partial<Record<AttuneError['code'], string>>> = {
  'encoder/unavailable':
    'The language model could not start here. Ranking goes on by comparing words, and understands less.',
  'encoder/crashed': 'The language model stopped and had to be replaced. Nothing you did is lost.',
  'model/corrupt': 'The language model file arrived damaged. Ranking goes on by comparing words, and understands less.',
  'storage/unavailable': 'This browser refused to store anything. What you do counts until you close the page.',
  'storage/quota': 'The disk is full. New actions count until you close the page, and are not kept.',
};

/** Remembers each kind of warning once. */
export interface Warnings {
  readonly texts: readonly string[];
  add(warning: AttuneError): void;
}

/** @param onNew called the first time a code comes */
export function createWarnings(onNew: (text: string) => void): Warnings {
  const texts: string[] = [];
  const codes = new Set<string>();
  return {
    texts,
    add({ code, message }) {
      if (codes.has(code)) return;
      codes.add(code);
      document.documentElement.dataset['warnings'] = [...codes].join(' ');
      const text = PLAIN_WORDS[code] ?? message;
      texts.push(text);
      onNew(text);
    },
  };
}
