import type { PrivacyMode } from 'attune';

/** The three-way switch in the header. */
export interface PrivacySwitch {
  show(mode: PrivacyMode): void;
}

export function createPrivacySwitch(fieldset: HTMLElement, onChange: (mode: PrivacyMode) => void): PrivacySwitch {
  const radios = [...fieldset.querySelectorAll('input')];
  for (const radio of radios) {
    radio.addEventListener('change', () => {
      if (radio.checked) onChange(radio.value as PrivacyMode);
    });
  }
  return {
    show(mode) {
      for (const radio of radios) radio.checked = radio.value === mode;
    },
  };
}
