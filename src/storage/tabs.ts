/**
 * What tabs tell each other. Of a log: a tab is there from now on; a batch was committed, or everything was erased, or
 * a setting changed. Of the person's will: they refused at an instant (epoch ms); a tab woke and may have missed that;
 * everything was erased; an item is to be left alone.
 */
export type TabNote =
  | { readonly type: 'arrived' }
  | { readonly type: 'appended'; readonly key: number }
  | { readonly type: 'changed' }
  | { readonly type: 'erased' }
  | { readonly type: 'refused'; readonly consent: 'denied' | 'withdrawn'; readonly at: number }
  | { readonly type: 'woke' }
  | { readonly type: 'ignored'; readonly id: string };

/** What a tab's life brings. */
export interface TabEvents {
  onNote(note: TabNote): void;
  /** The page is hidden, or may be about to go: what is not written in this task may be lost. */
  onHide(): void;
  /** The page stops running, its site's own listeners done: frozen, or into the back/forward cache. */
  onSleep(): void;
  /** The page runs or is seen again, and may have missed notes. */
  onWake(): void;
}

/** A channel among tabs. */
export interface Tabs {
  /** Whether nobody may be there any more when a timer would run. */
  readonly isLeaving: boolean;
  tell(note: TabNote): void;
  close(): void;
}

/**
 * Opens the channel and follows the page's life. The channel closes when the page goes or sleeps and opens again when
 * it wakes, because an open one would cost the host page its back/forward cache.
 */
export function openTabs(name: string, events: TabEvents): Tabs {
  if (typeof BroadcastChannel === 'undefined' || typeof document === 'undefined') {
    return { isLeaving: false, tell() {}, close() {} };
  }
  let channel: BroadcastChannel | undefined;
  const isHidden = (): boolean => document.visibilityState === 'hidden';
  const listen = (): void => {
    try {
      channel ??= new BroadcastChannel(name);
      channel.onmessage = ({ data }: MessageEvent<TabNote>) => events.onNote(data);
    } catch {
      // Firefox refuses one where the person blocks all storage: there is nothing to tell of.
    }
  };
  const leave = (): void => {
    channel?.close();
    channel = undefined;
  };
  const wake = (): void => {
    listen();
    events.onWake();
  };
  const listeners: readonly (readonly [EventTarget, string, (event: Event) => void])[] = [
    [document, 'visibilitychange', () => (isHidden() ? events.onHide() : events.onWake())],
    [globalThis, 'pagehide', () => (events.onHide(), leave())],
    [globalThis, 'pageshow', (event) => (event as PageTransitionEvent).persisted && wake()],
    [document, 'freeze', () => (events.onHide(), leave(), events.onSleep())],
    [document, 'resume', wake],
  ];
  listen();
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  return {
    get isLeaving() {
      return channel === undefined || isHidden();
    },
    tell: (note) => channel?.postMessage(note),
    close() {
      leave();
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    },
  };
}

/** Tells the tabs of a channel that this one does not listen to, or not yet. */
export function tellTabs(name: string, note: TabNote): void {
  const tabs = openTabs(name, { onNote() {}, onHide() {}, onSleep() {}, onWake() {} });
  tabs.tell(note);
  tabs.close();
}
