import type { ReactNode } from 'react';
import { Fragment } from 'react';

/** Words and figures beside each other; each keeps its own direction among words of another. */
export function Figures({ words }: { readonly words: readonly ReactNode[] }) {
  return words.map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they have no order of their own to keep.
    <Fragment key={index}>
      {index > 0 && ' · '}
      <bdi>{word}</bdi>
    </Fragment>
  ));
}

/** Fills `{width}` and `{height}`, which stay in this order in languages from right to left too. */
export function sizeWords(
  template: string,
  { width, height }: { readonly width: number; readonly height: number },
): ReactNode {
  const [, before = '', sign = '', after = ''] =
    /^(.*)\{width\}(.*)\{height\}(.*)$/s.exec(template) ?? [];
  return (
    <>
      {before}
      <bdi dir="ltr">
        {width}
        {sign}
        {height}
      </bdi>
      {after}
    </>
  );
}
