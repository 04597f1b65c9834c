/**
 * What tabs tell each other: a batch was committed, or everything was erased, or a setting changed; the person refused
 * at an instant (epoch ms); a tab woke and may have missed that; an item is to be left alone.
 */
export type TabNote =
  | { readonly type: 'appended'; readonly key: number }
  | { readonly type: 'changed' }
  | { readonly type: 'erased' }
  | { readonly type: 'refused'; readonly consent: 'denied' | 'withdrawn'; readonly at: number }
  | { readonly type: 'woke' }
  | { readonly type: 'ignored'; readonly id: string };

/** A channel among the tabs of one log. */
export interface Tabs {
  tell(note: TabNote): void;
  close(): void;
}

/**
 * Opens the channel; it closes on `pagehide` and opens again on `pageshow`, because an open one would cost the host
 * page its back/forward cache. `onWake` runs when this page may have missed notes.
 */
export function openTabs(name: string, onNote: (note: TabNote) => void, onWake: () => void): Tabs {
  if (typeof BroadcastChannel === 'undefined' || typeof addEventListener === 'undefined') {
    return { tell() {}, close() {} };
  }
  let channel: BroadcastChannel | undefined;
  const listen = (): void => {
    channel ??= new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<TabNote>) => onNote(data);
  };
  const hide = (): void => {
    channel?.close();
    channel = undefined;
  };
  const show = (event: PageTransitionEvent): void => {
    listen();
    if (event.persisted) onWake();
  };
  const visible = (): void => {
    if (document.visibilityState === 'visible') onWake();
  };
  listen();
  addEventListener('pagehide', hide);
  addEventListener('pageshow', show);
  document.addEventListener('visibilitychange', visible);
  return {
    tell: (note) => channel?.postMessage(note),
    close() {
      hide();
      removeEventListener('pagehide', hide);
      removeEventListener('pageshow', show);
      document.removeEventListener('visibilitychange', visible);
    },
  };
}
