import { evaluate, type EvaluationProgress, type LogOwner, type PersonalEvaluation } from 'attune/lab';
import { itemText } from './catalogue.js';
import { button, element } from './element.js';
import { type Report, reportOf, tooFew } from './evaluation-report.js';
import type { HowGoodSource } from './how-good.js';
import './styles/measuring.css';
import type { SyntheticLog } from './synthetic-log.js';
import { counted } from './trail.js';

/** Measures how well a log could be foretold, the person's own or a synthetic one's, with what is to be seen of it. */
export interface Measuring {
  /** What was measured goes if the log is not the one any more. */
  refresh(): void;
}

/** Puts the controls into `body`. Nothing runs before someone asks. */
export function createMeasuring(body: HTMLElement, source: HowGoodSource): Measuring {
  const whose = element('p', { class: 'hint', role: 'status', 'data-testid': 'measured-whose' });
  const start = button('Measure', () => void (running === undefined ? measure() : running.abort()), {
    class: 'button primary',
    'data-testid': 'measure',
  });
  const toggle = button('With a synthetic person', () => void swap(), { 'data-testid': 'measure-synthetic' });
  const bar = element('progress', {
    'aria-label': 'Questions answered',
    'data-testid': 'measure-progress',
    hidden: true,
  });
  const words = element('p', { role: 'status', 'data-testid': 'measured-words' });
  const result = element('div', { class: 'trust-record', 'data-testid': 'measured' });
  body.replaceChildren(whose, element('div', { class: 'row' }, start, toggle), bar, words, result);
  let synthetic: SyntheticLog | undefined;
  let running: AbortController | undefined;
  let last: EvaluationProgress | undefined;
  let actions = 0;
  tell();

  function tell(): void {
    whose.textContent =
      synthetic === undefined
        ? 'Your own log is replayed on this device: each time you acted on something new, how high would it have stood, ' +
          'by what you had done before it? Nothing is sent or kept.'
        : `This is a synthetic person, not you: ${counted(synthetic.visits)} invented visits to ` +
          `${counted(synthetic.items.length)} invented things. The same code replays their log.`;
    toggle.textContent = synthetic === undefined ? 'With a synthetic person' : 'Back to your own';
  }

  function forgetAll(): void {
    running?.abort();
    last = undefined;
    bar.hidden = true;
    start.textContent = 'Measure';
    say('');
  }

  function say(text: string, parts: Report['parts'] = []): void {
    words.textContent = text;
    result.replaceChildren(...parts);
  }

  async function measure(): Promise<void> {
    const attune: LogOwner | undefined = synthetic?.attune ?? source.attune();
    if (attune === undefined) return;
    const items = synthetic?.items ?? source.items().map((item) => ({ id: item.id, text: itemText(item) }));
    const stop = (running = new AbortController());
    const isMine = (): boolean => running === stop;
    start.textContent = 'Stop';
    Object.assign(bar, { hidden: false, max: last?.total ?? 1, value: last?.done ?? 0 });
    if (synthetic === undefined) actions = countActions();
    try {
      const measured = await evaluate(attune, {
        items,
        ...(last && { resume: last }),
        signal: stop.signal,
        onProgress(progress) {
          if (!isMine()) return;
          last = progress;
          Object.assign(bar, { max: progress.total, value: progress.done });
        },
      });
      if (isMine()) show(measured);
    } catch (error) {
      if (!isMine()) return;
      const isStopped = stop.signal.aborted;
      say(isStopped ? stopped() : 'It could not be measured.');
      start.textContent = isStopped && last !== undefined ? 'Go on' : 'Measure';
      if (!isStopped) console.error(error);
    } finally {
      if (isMine()) running = undefined;
    }
  }

  function stopped(): string {
    return last === undefined ? 'Stopped.' : `Stopped after ${counted(last.done)} of ${counted(last.total)} questions.`;
  }

  function show(measured: PersonalEvaluation): void {
    last = undefined;
    bar.hidden = true;
    start.textContent = 'Measure again';
    const of = synthetic === undefined ? 'you' : 'they';
    const { evaluation } = measured;
    const report = evaluation === null ? tooFew(measured, of) : reportOf(evaluation, measured, of);
    say(report.words, report.parts);
  }

  async function swap(): Promise<void> {
    const stop = running;
    running = undefined;
    stop?.abort();
    forgetAll();
    if (synthetic !== undefined) {
      void synthetic.attune.close();
      synthetic = undefined;
    } else {
      whose.textContent = 'Inventing a person, and watching them for a while…';
      toggle.disabled = start.disabled = true;
      try {
        synthetic = await (await import('./synthetic-log.js')).syntheticLog();
      } catch {
        whose.textContent = 'The synthetic person could not be loaded; with a connection, try again.';
        return;
      } finally {
        toggle.disabled = start.disabled = false;
        toggle.focus();
      }
    }
    tell();
  }

  function countActions(): number {
    return source.attune()?.profile().interactionCount ?? 0;
  }

  return {
    refresh() {
      if (synthetic !== undefined || countActions() >= actions) return;
      actions = 0; // something was forgotten, and what was made of it goes
      forgetAll();
    },
  };
}
