import { AnalyticsBrowser } from '@segment/analytics-next';

/** Its own settings come from here instead of its CDN; delivery as it is by default, or batched. */
export async function open(variant) {
  const deliveryStrategy =
    variant === 'batching' ? { strategy: 'batching', config: { size: 100, timeout: 1000 } } : undefined;
  const destination = { apiKey: 'local', apiHost: `${location.host}/segment`, protocol: 'http', deliveryStrategy };
  const [analytics] = await AnalyticsBrowser.load(
    { writeKey: 'local', cdnSettings: { integrations: { 'Segment.io': destination } } },
    { integrations: { 'Segment.io': destination } },
  );
  return { track: (i) => void analytics.track('view', { item: `item-${i % 1000}` }), settle() {} };
}
