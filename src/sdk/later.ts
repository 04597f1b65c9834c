/** What may be needed later, as one: whoever has this has all of it at hand. Named, because a bundler drops bare imports. */
export * as comeBack from './come-back.js';
export * as consent from './consent.js';
export * as eraseDisk from './erase-disk.js';
export * as imports from './import.js';
export * as itemTexts from './item-texts.js';
export * as move from './move.js';
export * as notices from './notices.js';
export * as questions from './questions.js';
export * as rankInterests from './rank-interests.js';
export * as rights from './rights.js';
export * as select from './select.js';
export * as wishes from './wishes.js';
