import { element } from '../element.js';
import type { Panel, PanelParts } from './panel.js';

/** Requests listed one by one. Judgement. */
const NEWEST = 12;

/** Where this page's requests went, as the browser tells of them. */
export function createPanel({ messages, format, renew }: PanelParts): Panel {
  const asked: URL[] = [];
  const hosts = element('dl', { class: 'facts', part: 'facts' });
  const list = element('ul', { class: 'addresses', part: 'addresses' });
  const none = element('p', { class: 'note' }, messages.noRequests);
  const title = element('h4', {}, messages.newest);
  const observer = new PerformanceObserver((entries) => {
    for (const { name } of entries.getEntries()) asked.push(new URL(name, location.href));
    renew();
  });
  observer.observe({ type: 'resource', buffered: true });

  return {
    nodes: [hosts, none, title, list, element('p', { class: 'note' }, messages.notSeen)],
    async refresh() {
      const counts = new Map<string, number>();
      for (const { host, protocol } of asked) {
        const where = /^https?:$/.test(protocol) ? host : protocol;
        counts.set(where, (counts.get(where) ?? 0) + 1);
      }
      const ordered = [...counts].sort(([a], [b]) => Number(b === location.host) - Number(a === location.host));
      hosts.replaceChildren(
        ...ordered.flatMap(([host, count]) => [
          element('dt', {}, host === location.host ? messages.sameSite(host) : messages.elsewhere(host)),
          element('dd', {}, format.count(count)),
        ]),
      );
      list.replaceChildren(
        ...asked
          .slice(-NEWEST)
          .reverse()
          .map(({ host, pathname }) =>
            element('li', { dir: 'ltr' }, host === location.host ? pathname : `${host}${pathname}`),
          ),
      );
      none.hidden = asked.length > 0;
      title.hidden = asked.length === 0;
    },
    end: () => observer.disconnect(),
  };
}
