// Writes docs/api.md and docs/options.md from the docstrings: `npm run docs:reference`. It stands beside the pages because it makes pages
// and nothing that ships. tests/unit/docs.test.ts says when they are out of date.
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { declarationOf, exportedNames, firstSentence } from './declarations.mjs';

/** Entries of the package, by the module each is made of, and what each is for. */
export const ENTRIES = [
  ['attune', 'src/index.ts', 'What a page works with.'],
  ['attune/core', 'src/headless.ts', 'What runs without a browser, for Node scripts and tests.'],
  [
    'attune/script',
    'src/script.ts',
    'The [script tag](script-tag.md): a classic script, and these are the names it uses on the page.',
  ],
  [
    'attune/elements',
    'src/elements.ts',
    '[Custom elements](elements.md); `attune/elements/define` makes them known by being loaded.',
  ],
  ['attune/react', 'src/react.ts', '[Components and hooks](react.md).'],
  ['attune/service-worker', 'src/service-worker.ts', '[HTTP on the device](service-worker.md).'],
  ['attune/lab', 'src/lab.ts', 'Synthetic people, [evaluation](evaluation.md) and [experiments](experiments.md).'],
];

/** Interfaces of options in the order in which somebody meets them: heading, and where it is given. */
const OPTIONS = [
  ['AttuneOptions', '`createAttune(options)`'],
  ['RankOptions', '`rank(items, options)`'],
  ['Exploration', '`rank`’s `explore`'],
  ['ExcludeSeen', '`rank`’s `excludeSeen`'],
  ['RankChange', '`rerank(ranking, change)`'],
  ['RankWeights', '`weights`'],
  ['TrackDetails', '`track(kind, item, details)`'],
  ['ScoreContext', '`score(item, { context })`'],
  ['ContextRule', '`contextRules`'],
  ['MatchOptions', '`related(item, options)` and `search(text, options)`'],
  ['CatalogueOptions', '`openCatalogue(url, options)`'],
  ['PriorOptions', '`priors`'],
  ['PriorWeights', '`priors.weights`'],
  ['AdaptOptions', '`adapt`'],
  ['FoundationOptions', '`foundation`'],
  ['OffLimits', '`offLimits`'],
  ['TransformerModel', '`model`, described'],
  ['HistoryOptions', '`history(options)`'],
  ['ImportOptions', '`data.import(source, options)`'],
  ['ChatMessage', 'a message for `data.import`'],
  ['ActionRow', 'a row for `data.import`'],
];

/** `TrackDetails` is all of an interaction that a caller may say. */
const SAME_FIELDS = { TrackDetails: ['Interaction', ['id', 'kind', 'itemId']] };

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const inline = (code) => (code.includes('`') ? `\`\` ${code} \`\`` : `\`${code}\``);

/** Words of a doc block as prose: without tags of docstrings, which are told by their own words. */
function prose(doc) {
  return doc
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('@param'))
    .map((line) =>
      line
        .replace(/^@returns?/, 'Returns')
        .replace(/^@throws/, 'Throws')
        .replace(/^@see/, 'See'),
    )
    .map((line) => (line.startsWith('- ') ? `\n${line}` : line))
    .join(' ')
    .replaceAll(/<(?=[\w/])(?![^`]*`[^`]*$)/g, '&lt;')
    .replaceAll(/(?<![`\w/])docs\/([\w-]+\.md)/g, '[$1]($1)');
}

const anchor = (entry, name) => (entry === 'attune' ? name : `${entry.slice(7)}-${name}`).toLowerCase();

function entryOf([entry, file, about]) {
  const names = exportedNames(file).map((name) => ({ ...declarationOf(file, name), name }));
  const ordered = names.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const told = ordered.map(({ name, doc, code, members }) => {
    const list = members.map((each) => `- ${inline(each.code)}${each.doc && `: ${cell(prose(each.doc))}`}`);
    const shown = members.length > 0 ? '' : code.map((each) => `\n\n${inline(each)}`).join('');
    return `<a id="${anchor(entry, name)}"></a>\n\n### ${name}\n\n${prose(doc)}${shown}\n\n${list.join('\n')}\n`;
  });
  const index = ordered.map(
    ({ name, doc }) => `- [\`${name}\`](#${anchor(entry, name)}): ${prose(firstSentence(doc))}`,
  );
  return { heading: `## ${entry}\n\n${about}\n\n${index.join('\n')}\n`, told: told.join('\n') };
}

/** What one calls comes before what one is given. */
const rank = ({ kind }) => ['function', 'class', 'const', 'interface', 'type'].indexOf(kind);

/** docs/api.md: every public name of every entry. */
export function apiPage() {
  const entries = ENTRIES.map(entryOf);
  const head = `# API\n\nEvery public name, made by \`npm run docs:reference\` from the docstrings. Options with their defaults are in [options](options.md).\n`;
  return tidy(`${head}\n${entries.map(({ heading, told }) => `${heading}\n${told}`).join('\n')}`);
}

function tableOf([name, where]) {
  const [source, without] = SAME_FIELDS[name] ?? [name, []];
  const { members, doc } = declarationOf('src/index.ts', source) ?? declarationOf('src/sdk/types.ts', source);
  const rows = members
    .filter((member) => !without.includes(member.name))
    .map(
      (each) =>
        `| \`${each.name}\`${each.isOptional || name in SAME_FIELDS ? '' : ' (needed)'} | ${cell(inline(each.type))} | ${cell(prose(each.doc || MEANT[each.name] || ''))} |`,
    );
  return `## ${name}\n\nOf ${where}. ${source === name ? prose(doc) : ''}\n\n| option | type | what |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** What needs no docstring where it stands, but a cell here. */
const MEANT = {
  signal: 'Ends the call: it rejects with `signal.reason`.',
  limit: 'How many places; default as many as the ranking has.',
  diversity: 'As in `rank`; default that of the ranking.',
  store: 'A store used instead of IndexedDB, such as `memoryStore()` of `attune/core`.',
  context: 'Flat facts about where and when, such as { device: "phone" }.',
  metadata: 'Flat facts of your own.',
  kind: 'What was done.',
  at: 'Epoch ms. Default now.',
  content: 'What was written, or what was acted on.',
  user_id: 'Whose row it is.',
  device: 'A name of your own, as given in the context.',
  factors: 'By feature, ≥ 0; those left out are 1.',
  weights: 'Factors of what the files bring: see PriorWeights.',
  action_type: 'The kind of the action, such as save.',
};

/** docs/options.md: every option there is, by the call that takes it. */
export function optionsPage() {
  const head = `# Options\n\nEvery option of every call, made by \`npm run docs:reference\` from the docstrings. Whatever is left out has a default; one that makes no sense is an \`AttuneError\` with the code \`input/invalid\`, at once.

The attributes of the script tag are options of \`createAttune\` in dashes: \`halfLifeMs\` is \`data-half-life-ms\`. Lists, maps, yes and no, and times are JSON there, all else is text; functions go into \`attuneOptions\`. Attributes of lists, items and sliders are in [the script tag](script-tag.md), those of the elements in [elements](elements.md).\n`;
  return tidy(`${head}\n${OPTIONS.map(tableOf).join('\n')}`);
}

const tidy = (text) => format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });

/** The pages that are made, by their path. */
export async function pages() {
  return { 'docs/api.md': await apiPage(), 'docs/options.md': await optionsPage() };
}

if (process.argv[1]?.endsWith('reference.mjs')) {
  for (const [path, text] of Object.entries(await pages())) writeFileSync(path, text);
}
