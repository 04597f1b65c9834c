/** Ours, as a site uses it. `variant`: texts resident, or each one new; with somebody listening to the profile, or not. */
export async function open(variant) {
  const { createAttune } = await import(/* @vite-ignore */ `${location.origin}/index.js`);
  const attune = await createAttune({ consent: 'granted', assetBase: '/', maxWaitMs: 60_000, user: variant });
  const items = Array.from({ length: variant === 'new texts' ? 10_020 : 1000 }, (_, i) => ({
    id: `item-${i}`,
    title: `Number ${i}: a long walk by the sea, with music and good food`,
  }));
  await attune.rank(items.slice(0, 1000));
  if (variant === 'new texts') items.splice(0, 1000);
  let heard = 0;
  if (variant === 'listening') attune.on('profile', ({ interactionCount }) => (heard = interactionCount));
  return {
    track: (i) => void attune.track('view', items[i % items.length]),
    settle: () => attune.flush(),
    count: async () => (await attune.data.export()).interactions.length,
    heard: () => heard,
  };
}
