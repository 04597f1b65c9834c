import insights from 'search-insights';

/** One request a call: that is how it works. */
export function open() {
  insights('init', { appId: 'local', apiKey: 'local', host: `${location.origin}/insights`, userToken: 'somebody' });
  return {
    track: (i) =>
      void insights('clickedObjectIDs', { index: 'items', eventName: 'view', objectIDs: [`item-${i % 1000}`] }),
    settle() {},
  };
}
