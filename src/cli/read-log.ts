import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import Papa from 'papaparse';
import { invalid } from '../errors.js';
import {
  columnsOf,
  joinSources,
  type LogSource,
  sourceOfExport,
  sourceOfTable,
  type TableColumns,
} from '../lab/evaluation/sources.js';
import type { AttuneExport } from '../sdk/rights-types.js';

type Table = readonly Readonly<Record<string, string>>[];

/**
 * Logs of a file or a folder: exports (JSON, one person each, or a list of action rows), CSV action logs and interactions, and
 * MovieLens (`ratings.csv`, with texts from a `movies.csv` beside it; tags are left alone, because they were written afterwards).
 *
 * @param columns of CSV files, where their names don't say
 * @throws AttuneError `input/invalid` for what is none of these
 */
export function readLog(path: string, columns: Partial<TableColumns> = {}): LogSource {
  if (!existsSync(path)) throw invalid('data', path, 'There is no such file or folder.');
  if (!statSync(path).isDirectory()) return readFile(path, columns);
  if (existsSync(join(path, 'ratings.csv'))) return readFile(join(path, 'ratings.csv'), columns);
  const files = readdirSync(path).filter((name) => ['.json', '.csv'].includes(extname(name)));
  if (files.length === 0) throw invalid('data', path, 'It holds no .json or .csv file.');
  return joinSources(files.sort().map((name) => readFile(join(path, name), columns)));
}

/** Titles, genres and whatever else texts are made of, by item id: a CSV file whose first column is the id. */
export function readTexts(path: string): ReadonlyMap<string, string> {
  if (!existsSync(path)) throw invalid('items', path, 'There is no such file.');
  const texts = new Map<string, string>();
  for (const row of parseTable(readFileSync(path, 'utf8'), path)) {
    const [id, ...parts] = Object.values(row);
    const words = parts.map((part) => part.replaceAll('|', ', ').trim()).filter((part) => part !== '');
    if (id !== undefined) texts.set(id, words.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(' '));
  }
  return texts;
}

function readFile(path: string, columns: Partial<TableColumns>): LogSource {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  if (/^\s*[[{]/.test(text)) return readJson(text, path, columns);
  const table = parseTable(text, path);
  const source = sourceOfTable(table, columnsOf(Object.keys(table[0] ?? {}), columns));
  const movies = join(dirname(path), 'movies.csv');
  return basename(path) === 'ratings.csv' && existsSync(movies) ? { ...source, texts: readTexts(movies) } : source;
}

function readJson(text: string, path: string, columns: Partial<TableColumns>): LogSource {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, error, 'It starts like JSON and is not.');
  }
  if (!Array.isArray(value)) return sourceOfExport(value as AttuneExport, basename(path, extname(path)));
  const rows = value as Readonly<Record<string, unknown>>[];
  return sourceOfTable(rows, columnsOf(Object.keys({ user_id: '', ...rows[0] }), columns));
}

/** Lines may end in several ways in one file, of which Papa Parse takes the first for all. @throws AttuneError `input/invalid` for a table without rows */
export function parseTable(text: string, path: string): Table {
  const { data } = Papa.parse<Record<string, string>>(text.replace(/\r\n?/g, '\n'), {
    header: true,
    skipEmptyLines: 'greedy',
  });
  if (data.length === 0) throw invalid(path, text.slice(0, 80), 'It needs a first row that names columns, and rows.');
  return data;
}
