import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type TaggedTest = {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** Without its tag. */
  readonly title: string;
  /** The requirements it proves. */
  readonly numbers: readonly number[];
};

const workspaces = [
  'packages',
  'contracts',
  'topology',
  'infra',
  'images',
  'services',
  'apps',
  'sandbox',
  'ops',
  'bench',
  'e2e',
];
const passedOver = new Set(['node_modules', '.next', 'rendered', 'generated']);

/** The tests of the repository, those that need a container engine or a browser among them. */
function testFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : testFiles(root, path);
    return /[.-]test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** A title that ends in a tag, whoever it is given to: `it`, `describe`, or what `each` returns. */
const inTitle = /\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*) \[(R\d+(?:,R\d+)*)\]\1\s*,/g;
/** A cell that ends in a tag, in a table whose title ends with that cell. */
const inTable = /(['"`])((?:\\.|(?!\1)[^\\\n])*)\[(R\d+(?:,R\d+)*)\]\1/g;
const titleOfTable = /^[^]*?\]\)\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*?) ?(?:%s|\$\w+)\1/;
const skipped = /\.(skip|todo)$/;

type Found = {
  readonly at: number;
  readonly text: string;
  readonly test: Omit<TaggedTest, 'file'>;
};

function found(source: string, at: number, text: string, title: string, tags: string): Found {
  const line = source.slice(0, at + text.search(/\S/)).split('\n').length;
  const numbers = tags.split(',').map((tag) => Number(tag.slice(1)));
  return { at, text, test: { line, title: title.replaceAll(/\\(.)/g, '$1'), numbers } };
}

function tagsInTitles(source: string): Found[] {
  return [...source.matchAll(inTitle)]
    .filter(({ index }) => !skipped.test(source.slice(0, index)))
    .map(({ index, 0: whole, 2: title = '', 3: tags = '' }) => {
      const quote = whole.search(/['"`]/);
      return found(source, index + quote, whole.slice(quote), title, tags);
    });
}

function tagsInTables(source: string): Found[] {
  return [...source.matchAll(inTable)].flatMap(
    ({ index, 0: whole, 2: before = '', 3: tags = '' }) => {
      const [, , title] = titleOfTable.exec(source.slice(index + whole.length)) ?? [];
      const row = source.slice(source.lastIndexOf('[', index) + 1, index);
      const [, , first = before] = /(['"`])(.*?)\1/.exec(row) ?? [];
      return title === undefined
        ? []
        : [found(source, index, whole, `${title}: ${first.trim()}`, tags)];
    },
  );
}

function tagsIn(source: string): Found[] {
  const titles = tagsInTitles(source);
  const rest = titles.reduce(
    (text, { at, text: title }) =>
      text.slice(0, at) + ' '.repeat(title.length) + text.slice(at + title.length),
    source,
  );
  return [...titles, ...tagsInTables(rest)];
}

/** The tagged tests of one source; a skipped test proves nothing. */
export function readTaggedTests(file: string, source: string): TaggedTest[] {
  return tagsIn(source).map(({ test }) => ({ file, ...test }));
}

/** What looks like a tag and is none: it would prove nothing and nobody would notice. */
export function strayTags(file: string, source: string): string[] {
  const read = tagsIn(source);
  return [...source.matchAll(/\[\s*[rR]\d+[^\]\n]*\]/g)]
    .filter(({ index }) => !read.some(({ at, text }) => at <= index && index < at + text.length))
    .map(([tag]) => `${file}: ${tag}`);
}

export function taggedTests(root: string): TaggedTest[] {
  return workspaces
    .flatMap((folder) => testFiles(root, folder))
    .toSorted()
    .flatMap((file) => readTaggedTests(file, readFileSync(join(root, file), 'utf8')));
}

export function allStrayTags(root: string): string[] {
  return workspaces
    .flatMap((folder) => testFiles(root, folder))
    .flatMap((file) => strayTags(file, readFileSync(join(root, file), 'utf8')));
}
