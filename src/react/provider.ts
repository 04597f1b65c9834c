import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { type Attune, type AttuneOptions, createAttune } from '../index.js';

/**
 * `react` is the door for React pages: hooks over the public API that render on a server, come alive without a mismatch, and
 * move nothing under a person's eyes. Here is what hands an Attune to a tree.
 */
export interface Held {
  readonly attune: Attune<unknown> | undefined;
  /** Why there is none: options that make no sense. */
  readonly error: unknown;
}

const NOTHING: Held = { attune: undefined, error: undefined };
const Context = createContext<Held>(NOTHING);

/** Give `options` and the provider makes an Attune and closes it, or `attune` and it is yours. */
export interface AttuneProviderProps<T> {
  /** Of `createAttune`; read once, as the provider comes into the page. Another `key` makes another Attune. */
  readonly options?: AttuneOptions<T>;
  readonly attune?: Attune<T>;
  readonly children?: ReactNode;
}

/**
 * Makes an Attune in the browser once the tree is there, never on a server, and closes it as the tree goes. Until then, and where
 * options make no sense (which is reported to the page), what is below renders without one.
 */
export function AttuneProvider<T = Record<string, unknown>>(props: AttuneProviderProps<T>): ReactElement {
  const { attune: given, options, children } = props;
  const [made, setMade] = useState(NOTHING);
  const isGiven = given !== undefined;
  useEffect(() => (isGiven ? undefined : open(options, setMade)), [isGiven]); // options: as they are then
  const attune = given ?? made.attune;
  const held = useMemo(() => ({ attune, error: made.error }), [attune, made.error]);
  return createElement(Context.Provider, { value: held }, children);
}

/** Opens an Attune a moment later, because React's strict mode takes away in the same task what it mounts first. */
function open<T>(options: AttuneOptions<T> | undefined, onMade: (held: Held) => void): () => void {
  let isWanted = true;
  let opened: Attune<T> | undefined;
  const close = (attune: Attune<T>): void => void attune.close().catch(reportError);
  Promise.resolve()
    .then(async () => {
      if (!isWanted) return;
      const attune = await createAttune(options);
      if (!isWanted) return close(attune);
      opened = attune;
      onMade({ attune, error: undefined });
    })
    .catch((error: unknown) => {
      reportError(error);
      if (isWanted) onMade({ attune: undefined, error });
    });
  return () => {
    isWanted = false;
    if (opened === undefined) return;
    close(opened);
    onMade(NOTHING);
  };
}

/** What the nearest provider holds. */
export function useHeldAttune(): Held {
  return useContext(Context);
}

/** The nearest provider's Attune; undefined on a server, while it opens, and without a provider. */
export function useAttune<T = Record<string, unknown>>(): Attune<T> | undefined {
  return useContext(Context).attune as Attune<T> | undefined;
}
