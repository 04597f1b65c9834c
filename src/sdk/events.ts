import type { AttuneEvents } from './types.js';

/** The SDK's one event bus. A listener that throws is reported to the page's own error handling and stops nothing. */
export interface Emitter {
  on<K extends keyof AttuneEvents>(type: K, listener: (event: AttuneEvents[K]) => void): () => void;
  emit<K extends keyof AttuneEvents>(type: K, event: AttuneEvents[K]): void;
  /** Whether anyone listens, so that costly events are made only then. */
  has(type: keyof AttuneEvents): boolean;
}

export function createEmitter(): Emitter {
  const listeners = new Map<keyof AttuneEvents, Set<(event: never) => void>>();
  return {
    on(type, listener) {
      const set = listeners.get(type) ?? new Set();
      listeners.set(type, set.add(listener));
      return () => void set.delete(listener);
    },
    emit(type, event) {
      for (const listener of [...(listeners.get(type) ?? [])]) {
        try {
          listener(event as never);
        } catch (error) {
          globalThis.reportError?.(error);
        }
      }
    },
    has: (type) => (listeners.get(type)?.size ?? 0) > 0,
  };
}
