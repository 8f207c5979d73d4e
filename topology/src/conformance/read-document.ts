/** One line of the document. */
export type Statement = {
  readonly line: number;
  /** The heading it stands under. */
  readonly section: string;
  readonly text: string;
  /** A bullet, a step, a row of a table, or any line with a number: what must be true of the platform. */
  readonly states: boolean;
};

/** Names that are written with a digit and count nothing. */
const names = /n8n|k8s/gi;

function states(text: string): boolean {
  return /^\s*(- |\d+\. |\|)/.test(text) || /\d/.test(text.replaceAll(names, ''));
}

/** A table's head and the line under it. */
function isTableHead(lines: readonly string[], index: number): boolean {
  const rule = (text: string | undefined) => /^\|[-| :]+\|$/.test(text ?? '');
  return rule(lines[index]) || rule(lines[index + 1]);
}

/** The lines of a Markdown document, in their order. */
export function readDocument(markdown: string): Statement[] {
  const lines = markdown.split('\n').map((line) => line.trimEnd());
  let section = '';
  return lines.flatMap((text, index) => {
    const heading = /^#+ (.*)$/.exec(text)?.[1];
    if (heading !== undefined) section = heading;
    const isStated = states(text) && !isTableHead(lines, index);
    return heading === undefined && text !== ''
      ? [{ line: index + 1, section, text: text.trim(), states: isStated }]
      : [];
  });
}
