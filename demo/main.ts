import { createAttune, type Attune } from 'attune';
import { createActs } from './acts.js';
import { handleCardActions, handleCardsUnpersonalized } from './card-actions.js';
import { catalogue, itemText, type DemoItem } from './catalogue.js';
import * as consent from './consent.js';
import type { DevicePanel } from './device-panel.js';
import { find } from './element.js';
import { createEraseDialog } from './erase.js';
import { INVENTED_MODEL, type Say } from './foundation-model.js';
import { acceptDrops, importFile, type ImportTarget } from './import-files.js';
import { createLeftOut } from './left-out.js';
import { createLatePanel } from './late-panel.js';
import { createItemList } from './list.js';
import { createNewOrder } from './new-order.js';
import { createNotices } from './notices.js';
import { createOffline } from './offline.js';
import { asGiven, createOrder, type Order } from './order.js';
import { createPrivacySwitch } from './privacy-switch.js';
import { createReader } from './reader.js';
import { createRequestCounter } from './requests.js';
import { linkedId } from './share.js';
import { createSliders, foldable, SLIDERS } from './sliders.js';
import { createStatusLine } from './status-line.js';
import type { Tour } from './tour.js';
import { createWarnings } from './warnings.js';
import { createWhy } from './why.js';

declare global {
  interface Window {
    /** For the test-suite and the curious. */
    attuneDemo?: {
      readonly attune: Attune<DemoItem>;
      readonly items: readonly DemoItem[];
      readonly ranking: () => Order['ranking'];
    };
  }
}

const root = document.documentElement;
const announcer = find('#announcer');
const status = createStatusLine(find('#order'), find('#open-left-out'));
const notices = createNotices(() => running?.panel.notices ?? find('#notices'));
const warnings = createWarnings((text) => notices.keep(text));
const requests = createRequestCounter(
  (count) => (find('#requests').textContent = String(count)),
  (at) => (find('#since').textContent = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })),
);
const reader = createReader(find<HTMLDialogElement>('#reader'), (item, dwellMs) => {
  // a glance says little, ten seconds say it all
  running?.attune.track('read', item, { dwellMs, weight: Math.min(1, dwellMs / 10_000) });
});
const acts = createActs(
  () => running?.attune,
  () => list.refresh(),
);
const list = createItemList(find<HTMLOListElement>('#list'), {
  marksOf: acts.marksOf,
  observe(card, id) {
    if (running?.order.ranking === undefined || running.attune.data.consent !== 'granted') return undefined;
    return running.attune.observe(card, running.order.ranking, id);
  },
  onSettled() {
    const first = running?.order.ranking?.[0];
    if (root.dataset['attune'] === 'ready' && first)
      announcer.textContent = `Ranking updated. First: ${first.item.title}.`;
  },
});
/** A model of invented people has no say before someone asks for it. */
const say: Say = { isOn: false };
let running: { readonly attune: Attune<DemoItem>; readonly order: Order; readonly panel: DevicePanel } | undefined;

list.show(asGiven(catalogue));
const sliders = createSliders(find('#sliders'), (id, position) => {
  if (running === undefined) return;
  running.attune.setSlider(id, position);
  running.order.apply();
  if (position === null) sliders.update(running.attune.profile());
});
const offline = createOffline(find<HTMLButtonElement>('#keep-offline'), notices);
foldable(find('#panel'), find('#fold-sliders'));
void start();

/** What no first action needs comes when the page is at rest, and before requests are counted: opening it later makes none. */
async function wholePage(parts: readonly (() => Promise<unknown>)[]): Promise<void> {
  await new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(resolve));
  await Promise.allSettled(parts.map((load) => load()));
}

async function start(): Promise<void> {
  try {
    const attune = await createAttune<DemoItem>({
      consent: consent.storedConsent(),
      privacy: consent.storedPrivacy(),
      text: itemText,
      sliders: SLIDERS,
      priors: {}, // what a person says they like, in the tour
      assetBase: new URL('./', document.baseURI),
      foundation: { ...INVENTED_MODEL, mode: () => (say.isOn ? 'on' : 'off') },
    });
    await personalize(attune);
  } catch (error) {
    root.dataset['attune'] = 'failed';
    status.failed();
    handleCardsUnpersonalized(find('#list'), catalogue, { notices, reader });
    notices.keep('Personalization could not start on this page; the catalogue stands in the order given.');
    console.error(error);
  }
}

function sayNotLoaded(): void {
  notices.keep('This part of the page could not be loaded; with a connection, try again.');
}

async function personalize(attune: Attune<DemoItem>): Promise<void> {
  const newOrder = createNewOrder(find<HTMLButtonElement>('#new-order'), () => {
    order.renew();
    window.scrollTo({ top: 0 });
    find('#list').focus({ preventScroll: true });
  });
  const order = createOrder(attune, catalogue, {
    newOrder,
    show(ranking) {
      list.show(ranking);
      status.ranked(ranking);
      if (ranking.partial || root.dataset['attune'] === 'ready') return;
      root.dataset['attune'] = 'ready';
      void wholePage([panel.prepare, tour]).then(requests.start);
    },
  });
  window.attuneDemo = {
    attune,
    get items() {
      return order.items;
    },
    ranking: () => order.ranking,
  };

  const target: ImportTarget = {
    attune: () => attune,
    ids: () => new Set(order.items.map((item) => item.id)),
    notices,
    addItems: (items) => order.rank([...items, ...order.items]),
    async logChanged() {
      await acts.load();
      order.offer();
    },
  };
  const panel = createLatePanel(find<HTMLDialogElement>('#device-panel'), {
    attune: () => attune,
    items: () => order.items,
    ranking: () => order.ranking,
    say,
    rankAnew: () => order.rank(),
    requests: () => requests.count,
    warnings: () => warnings.texts,
    async forget(interactionId) {
      await attune.data.forget(interactionId);
      await target.logChanged();
      await panel.refresh();
    },
    importFile: (file) => void importFile(file, target).then(panel.refresh),
    erase: () => eraseDialog.ask(),
  });
  running = { attune, order, panel };
  const opener = find<HTMLButtonElement>('#open-tour');
  let touring: Promise<Tour> | undefined;
  function tour(): Promise<Tour> {
    const announce = (text: string): void => void (announcer.textContent = text);
    touring ??= import('./tour.js').then(({ createTour }) =>
      createTour(find('#tour'), { attune, order, opener, announce }),
    );
    touring.catch(() => (touring = undefined));
    return touring;
  }
  opener.addEventListener('click', () => tour().then((each) => each.open(), sayNotLoaded));
  const bar = consent.createConsentBar(find('#consent'), (answer) => {
    if (answer === 'granted') consent.rememberConsent();
    void attune.data.setConsent(answer).then(consentChanged);
  });
  consent.onConsentElsewhere((answer) => {
    if (answer === 'granted') bar.hide();
    else bar.ask();
    void attune.data.setConsent(answer).then(acts.load).then(consentChanged);
  });
  async function consentChanged(): Promise<void> {
    list.look();
    await panel.refresh();
  }
  const privacy = createPrivacySwitch(find('#privacy'), (mode) => {
    consent.rememberPrivacy(mode);
    if (mode === 'device' && attune.data.consent !== 'granted') bar.ask();
    void attune.data.setPrivacy(mode).then(async () => {
      await acts.load();
      sliders.update(attune.profile());
      order.renew();
      await panel.refresh();
    });
  });
  const eraseDialog = createEraseDialog(find<HTMLDialogElement>('#confirm-erase'), () => void erase());

  async function erase(): Promise<void> {
    await attune.data.erase();
    consent.forgetConsent();
    (await touring)?.forget();
    await offline.forget();
    await attune.data.setConsent('unknown');
    await acts.load();
    sliders.update(attune.profile());
    await order.rank(catalogue);
    find<HTMLDialogElement>('#device-panel').close();
    window.scrollTo({ top: 0 });
    notices.say('Everything is forgotten.');
    bar.ask();
  }

  let pending = 0;
  let lastCount = 0;
  attune.on('profile', () => {
    clearTimeout(pending);
    pending = window.setTimeout(() => {
      const profile = attune.profile();
      sliders.update(profile);
      order.offer();
      void panel.refresh();
      if (profile.interactionCount < lastCount) void acts.load(); // forgotten, perhaps in another tab
      lastCount = profile.interactionCount;
    }, 50); // one check for a burst of interactions
  });
  attune.on('warning', warnings.add);
  attune.on('progress', status.progress);
  attune.on('ready', () => {
    // the first complete ranking finishes the page; a later one is only offered
    if (order.ranking?.partial === false) order.offer();
    else void order.rank();
  });

  const why = createWhy(find<HTMLDialogElement>('#why'));
  handleCardActions(find('#list'), { attune, order, acts, notices, reader, why });
  find('#open-left-out').addEventListener('click', createLeftOut(find('#left-out'), { attune, order, acts }));
  find('#open-device-panel').addEventListener('click', () => void panel.open().catch(sayNotLoaded));
  acceptDrops(find('#drop-hint'), (file) => void importFile(file, target).then(panel.refresh));

  privacy.show(attune.data.privacy);
  sliders.update(attune.profile());
  if (attune.data.consent !== 'granted' && !consent.prefersNotToBeAsked()) bar.ask();
  await acts.load();
  await order.rank();
  const linked = order.items.find((item) => item.id === linkedId());
  if (linked !== undefined) reader.open(linked);
}
