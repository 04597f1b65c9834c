// Reads what a module offers from its source text: names, first words, signatures, members. TypeScript 7 has no compiler to ask from
// JavaScript, and these sources are one person's style (prettier's), so that a small reader of text is enough; the tests hold it to that.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Words of a doc block, without its stars, as one text a paragraph or list item. */
function wordsOf(block = '') {
  const lines = block
    .trim()
    .replaceAll(/^\/\*\*?|\s*\*\/$/g, '')
    .split('\n');
  return lines
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join('\n')
    .replaceAll(/\n(?!\n|[-@])/g, ' ')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .trim();
}

/** The first sentence of a doc block: up to a stop that an uppercase letter, or nothing, follows. */
export function firstSentence(doc) {
  const [paragraph = ''] = doc.split(/\n/);
  const end = paragraph.search(/[.:](?= (?:[A-Z`]|$)|$)/);
  return end < 0 ? paragraph : `${paragraph.slice(0, end)}.`;
}

/** Where the text that begins at `from` ends: at the first of `ends` outside brackets, comments and strings. */
function endOf(text, from, isEnd) {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text.startsWith('/*', i)) i = text.indexOf('*/', i) + 1;
    else if (text.startsWith('//', i)) i = text.indexOf('\n', i);
    else if (/['"`]/.test(text[i])) i = closing(text, i);
    else if (depth === 0 && isEnd(text, i)) return i;
    else if (/[([{<]/.test(text[i])) depth++;
    else if (/[)\]}]/.test(text[i]) || (text[i] === '>' && text[i - 1] !== '=')) depth--;
    if (depth < 0) return i;
  }
  return text.length;
}

function closing(text, at) {
  let i = at + 1;
  while (i < text.length && text[i] !== text[at]) i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** A `{` that begins a body, not a type: nothing before it waits for one. */
function isBody(text, i) {
  return text[i] === '{' && !/(?:[:|&(,<]|=>)\s*$/.test(text.slice(0, i));
}

const isStop = (text, i) => text[i] === ';';
const isAssignment = (text, i) => text[i] === '=' && text[i + 1] !== '>';

/** Code in one line, without comments. */
function inOneLine(code) {
  return code
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([([]) | (?=[)\]])/g, '$1')
    .replaceAll(/,(?=[)\]>])/g, '')
    .replaceAll(/(?<=[=:(<] ?)\| /g, '')
    .trim();
}

/** Members of an interface's body: their code in one line and their words. */
function membersOf(body) {
  const members = [];
  for (let at = 0; ;) {
    const [space, doc] = /^\s*(?:(\/\*\*[^]*?\*\/)\s*)?/.exec(body.slice(at));
    at += space.length;
    if (at >= body.length) return members;
    const end = endOf(body, at, isStop);
    const code = inOneLine(body.slice(at, end)).replace(/^readonly /, '');
    const [, name, optional] = /^(\w+)(\??)/.exec(code) ?? [];
    const type = code.slice((name ?? '').length).replace(/^\?? ?:? ?/, '');
    if (name !== undefined) members.push({ name, code, type, isOptional: optional === '?', doc: wordsOf(doc) });
    at = end + 1;
  }
}

/** How each kind of declaration ends before what is nobody's business. */
const HEADS = { function: isBody, class: isBody, interface: isBody, const: isAssignment, type: isStop };

/** What `name` is declared as in `text`, or undefined. */
function declaredIn(text, name) {
  const form = new RegExp(
    `^(export )?(?:declare |abstract |async )*(function\\*?|const|class|interface|type) ${name}\\b`,
    'gm',
  );
  const found = [...text.matchAll(form)];
  if (found.length === 0) return undefined;
  const kind = found[0][2].replace('*', '');
  const signatures = found.map(({ index, 0: head }) => {
    const start = index + head.length;
    const end = endOf(text, start, kind === 'function' ? (t, i) => isBody(t, i) || isStop(t, i) : HEADS[kind]);
    return { end, code: inOneLine(`${kind} ${name}${text.slice(start, end)}`) };
  });
  const [doc] = /\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.exec(text.slice(0, found[0].index)) ?? [];
  const { end } = signatures[0];
  const members =
    kind === 'interface'
      ? membersOf(
          text.slice(
            end + 1,
            endOf(text, end + 1, () => false),
          ),
        )
      : [];
  const shown = signatures.length > 1 ? signatures.slice(0, -1) : signatures; // of overloads the last is the inner one
  return { name, kind, doc: wordsOf(doc), code: shown.map(({ code }) => code), members };
}

/** Names with the files they come from, of every `import` or `export … from` of a module. */
function* namesFrom(text, word) {
  for (const [, names, from] of text.matchAll(new RegExp(`^${word} (?:type )?\\{([^}]*)\\} from '([^']+)';`, 'gm'))) {
    for (const each of names.split(',')) {
      const [own, as = own] = each
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      if (own !== '') yield { own, as, from };
    }
  }
}

const sourceOf = (file, from) =>
  ['.ts', '.tsx']
    .map((ending) => resolve(dirname(file), from.replace(/\.js$/, ending)))
    .find((path) => existsSync(path));

/** The declaration of `name` as seen from `file`, wherever it stands. */
export function declarationOf(file, name) {
  const text = readFileSync(file, 'utf8');
  const here = declaredIn(text, name);
  if (here !== undefined) return here;
  const coming = [...namesFrom(text, 'export'), ...namesFrom(text, 'import')].find(({ as }) => as === name);
  const source = coming && sourceOf(file, coming.from);
  return source === undefined ? undefined : declarationOf(source, coming.own);
}

/** Every name that a module exports. */
export function exportedNames(file) {
  const text = readFileSync(file, 'utf8');
  const own = [
    ...text.matchAll(/^export (?:declare |abstract |async )*(?:function\*?|const|class|interface|type) (\w+)/gm),
  ];
  const listed = [...text.matchAll(/^export \{([^}]*)\};/gm)].flatMap(([, names]) => names.split(','));
  const names = [...own.map(([, name]) => name), ...listed.map((each) => each.trim()).filter(Boolean)];
  return [...new Set([...names, ...[...namesFrom(text, 'export')].map(({ as }) => as)])];
}
