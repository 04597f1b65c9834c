// Evaluates an invented log of 100,000 interactions by the built command and tells what it took: `npm run bench:eval [-- --model none]`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld, seeded } from '../dist/lab.js';

/** 2,500 people do forty things each to 3,000 items with texts, near their taste four times of five. Judgement: sized as a shop's log. */
const [PEOPLE, ACTS, ITEMS, NEAR] = [2500, 40, 3000, 0.8];
const START = Date.UTC(2026, 0, 1);

const random = seeded(7);
const world = createWorld({ seed: 7, items: ITEMS, people: 1 });
const any = () => Math.floor(random() * ITEMS);
const rows = ['user_id,item_id,timestamp,kind'];
for (let person = 0; person < PEOPLE; person++) {
  const axis = Math.floor(random() * world.sliders.length);
  const side = random() < 0.5 ? -1 : 1;
  const liked = world.items.flatMap(({ positions }, i) => (side * positions[axis] > 0.5 ? [i] : []));
  for (let act = 0; act < ACTS; act++) {
    const item = random() < NEAR ? liked[Math.floor(random() * liked.length)] : any();
    const at = START + Math.floor(random() * 90 * 86_400_000);
    rows.push(`p${person},${world.items[item].id},${at},${random() < 0.9 ? 'save' : 'dislike'}`);
  }
}
const folder = mkdtempSync(join(tmpdir(), 'attune-eval-'));
try {
  writeFileSync(join(folder, 'log.csv'), `${rows.join('\n')}\n`);
  const texts = world.items.map(({ id, text }) => `${id},"${text.replaceAll('"', '""')}"`);
  writeFileSync(join(folder, 'items.csv'), `id,text\n${texts.join('\n')}\n`);
  const told = `process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    console.error('took', Math.round((userCPUTime + systemCPUTime) / 1e6), 's of CPU,', Math.round(performance.now() / 1000), 's,', Math.round(maxRSS / 1024), 'MB at most'); })`;
  const model = process.argv.includes('--model') ? [] : ['--model', 'public/models/lite/lite.attune'];
  const command = ['dist/cli.js', 'eval', join(folder, 'log.csv'), '--items', join(folder, 'items.csv'), '--core', '1'];
  const node = ['--import', `data:text/javascript,${encodeURIComponent(told)}`, ...command, ...model];
  const child = spawn(process.execPath, [...node, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.once('close', resolve));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
