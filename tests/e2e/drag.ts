import type { Page } from '@playwright/test';

/** A mouse drags a slider's handle from one end of the track to the other and back, a step a frame. */
export async function dragSlider(page: Page, slider: string, steps: number): Promise<void> {
  const box = (await page.locator(`[data-slider=${slider}]`).boundingBox())!;
  const y = box.y + box.height / 2;
  const at = (share: number): number => box.x + box.width * (0.05 + 0.9 * share);
  await page.mouse.move(at(0), y);
  await page.mouse.down();
  for (let step = 1; step <= steps; step++) {
    await page.mouse.move(at(1 - Math.abs(1 - (2 * step) / steps)), y);
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => resolve()))');
  }
  await page.mouse.up();
}

/** What moved while the list was watched. */
export interface Moves {
  /** Cards that got another place or came gliding, task by task. */
  readonly cards: readonly number[];
  /** How many of all those were out of sight both before (or not there) and after. */
  readonly unseen: number;
}

/** Notes each card of the demo's list that moves, until the function returned is called. The list must not scroll meanwhile. */
export async function watchCards(page: Page): Promise<() => Promise<Moves>> {
  await page.evaluate(`(() => {
    const list = document.querySelector('#list');
    const { top } = list.getBoundingClientRect();
    const height = document.querySelector('[data-testid=card]').offsetHeight;
    const bottom = innerHeight - top;
    const isSeen = (style) => {
      const [, y] = /translate\\([^,]+, ([^p]+)px/.exec(style ?? '') ?? [];
      return y !== undefined && Number(y) + height > -top && Number(y) < bottom;
    };
    const moves = { cards: [], unseen: 0 };
    const observer = new MutationObserver((records) => {
      const before = new Map();
      for (const { type, target, oldValue, addedNodes } of records) {
        if (type === 'attributes' && target !== list && !before.has(target)) before.set(target, oldValue);
        if (type === 'attributes' || target !== list) continue;
        for (const card of addedNodes) if (card.matches('.enter') && !before.has(card)) before.set(card, null);
      }
      if (before.size === 0) return;
      moves.cards.push(before.size);
      for (const [card, style] of before) if (!isSeen(style) && !isSeen(card.getAttribute('style'))) moves.unseen++;
    });
    observer.observe(list, { subtree: true, childList: true, attributeFilter: ['style'], attributeOldValue: true });
    globalThis.endWatch = () => (observer.disconnect(), moves);
  })()`);
  return () => page.evaluate<Moves>('endWatch()');
}
