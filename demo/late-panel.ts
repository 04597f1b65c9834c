import type { DevicePanel, PanelSource } from './device-panel.js';

/** The panel before its code is there: a page that is at rest fetches it, and whoever opens it sooner waits for it. */
export interface LatePanel extends DevicePanel {
  /** Fetches the code. Rejects where it can't be had. */
  prepare(): Promise<DevicePanel>;
}

export function createLatePanel(dialog: HTMLDialogElement, source: PanelSource): LatePanel {
  let loading: Promise<DevicePanel> | undefined;
  let panel: DevicePanel | undefined;

  function prepare(): Promise<DevicePanel> {
    loading ??= import('./device-panel.js').then(
      ({ createDevicePanel }) => (panel = createDevicePanel(dialog, source)),
    );
    loading.catch(() => (loading = undefined)); // the next try fetches it anew
    return loading;
  }

  return {
    prepare,
    open: async () => (await prepare()).open(),
    refresh: async () => panel?.refresh(), // one that was never opened shows nothing old
    get notices() {
      return panel?.notices;
    },
  };
}
