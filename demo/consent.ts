import type { Consent, PrivacyMode } from 'attune';

/** The site's own note of a "yes" and of the privacy switch. A "no" is never written down, so it can't be a trace. */
const CONSENT_KEY = 'attune-demo-consent';
const PRIVACY_KEY = 'attune-demo-privacy';
const TOUR_KEY = 'attune-demo-tour';

export function storedConsent(): Consent {
  return read(CONSENT_KEY) === 'granted' ? 'granted' : 'unknown';
}

/** Only someone who agreed to storing finds the switch where they left it. */
export function storedPrivacy(): PrivacyMode {
  const mode = storedConsent() === 'granted' ? read(PRIVACY_KEY) : null;
  return mode === 'session' || mode === 'off' ? mode : 'device';
}

export function rememberConsent(): void {
  write(CONSENT_KEY, 'granted');
}

export function rememberPrivacy(mode: PrivacyMode): void {
  if (storedConsent() === 'granted') write(PRIVACY_KEY, mode);
}

/** How many steps of the tour are behind someone who agreed to storing; 0 for everybody else. */
export function storedTour(): number {
  const step = storedConsent() === 'granted' ? Number(read(TOUR_KEY)) : 0;
  return Number.isInteger(step) && step > 0 ? step : 0;
}

export function rememberTour(step: number): void {
  if (storedConsent() === 'granted') write(TOUR_KEY, step === 0 ? null : String(step));
}

/** The answer given, or taken back, in another tab. */
export function onConsentElsewhere(listener: (consent: Consent) => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === CONSENT_KEY || key === null) listener(storedConsent());
  });
}

export function forgetConsent(): void {
  write(CONSENT_KEY, null);
  write(PRIVACY_KEY, null);
  write(TOUR_KEY, null);
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage refused: the same as never having answered
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch (error) {
    console.warn('The answer lasts for this page only.', error);
  }
}

/** The question at the foot of the page. It blocks nothing and can be left unanswered. */
export interface ConsentBar {
  ask(): void;
  hide(): void;
}

export function createConsentBar(bar: HTMLElement, onAnswer: (answer: 'granted' | 'denied') => void): ConsentBar {
  bar.addEventListener('click', (event) => {
    const answer = (event.target as Element).closest<HTMLElement>('[data-consent]')?.dataset['consent'];
    if (answer !== 'granted' && answer !== 'denied') return;
    bar.hidden = true;
    onAnswer(answer);
  });
  return {
    ask() {
      bar.hidden = false;
    },
    hide() {
      bar.hidden = true;
    },
  };
}

/** People who ask all sites not to be followed are not asked again by us; the privacy switch still can. */
export function prefersNotToBeAsked(): boolean {
  return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}
