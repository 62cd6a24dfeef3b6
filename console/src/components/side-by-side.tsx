// Two versions of a document beside each other; below each other on a narrow screen.

import { Fragment, useMemo } from 'react';

import { sideBySide } from '../domain/line-diff';
import type { Row } from '../domain/line-diff';
import { plural } from '../domain/texts';

interface Props {
  before: unknown;
  after: unknown;
  beforeLabel?: string;
  afterLabel?: string;
}

export function SideBySide({ before, after, beforeLabel = 'Before', afterLabel = 'After' }: Props) {
  const rows = useMemo(() => sideBySide(text(before), text(after)), [before, after]);
  return (
    <div className="diff" role="region" aria-label={`${beforeLabel} and ${afterLabel} as JSON`} tabIndex={0}>
      <div className="diff-head">{beforeLabel}</div>
      <div className="diff-head diff-head-right">{afterLabel}</div>
      {rows.map((row, index) => (
        <Fragment key={index}>{row.kind === 'gap' ? <Gap row={row} /> : <Pair row={row} />}</Fragment>
      ))}
    </div>
  );
}

function text(document: unknown): string {
  return document === null || document === undefined ? '' : JSON.stringify(document, null, 2);
}

function Gap({ row }: { row: Row }) {
  return <div className="diff-gap">{plural(row.hidden ?? 0, 'equal line')}</div>;
}

function Pair({ row }: { row: Row }) {
  const isSame = row.kind === 'same';
  return (
    <>
      <Line line={row.left} className={isSame ? '' : 'diff-removed'} word={isSame ? '' : 'removed: '} />
      <Line line={row.right} className={isSame ? 'diff-twin' : 'diff-added'} word={isSame ? '' : 'added: '} />
    </>
  );
}

function Line({ line, className, word }: { line: Row['left']; className: string; word: string }) {
  if (!line) return <div className="diff-line diff-absent" />;
  return (
    <div className={`diff-line ${className}`}>
      <span className="number" aria-hidden="true">{line.number}</span>
      <span className="text">
        {word && <span className="spoken">{word}</span>}
        {line.text}
      </span>
    </div>
  );
}
