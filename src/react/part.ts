'use client';

import type { ForwardRefRenderFunction, PropsWithoutRef } from 'react';
import { forwardRef } from 'react';
import type { Kinds } from './use-checked.js';
import { useChecked } from './use-checked.js';

/**
 * A component that hands `ref` on, in React 18 as well, and whose props were checked. It is called
 * `name` in warnings and in developer tools.
 */
export function part<Element, Props extends object>(
  name: string,
  kinds: Kinds<Props>,
  render: ForwardRefRenderFunction<Element, PropsWithoutRef<Props>>,
) {
  const Part = forwardRef<Element, Props>((props, ref) =>
    render(
      useChecked<PropsWithoutRef<Props>>(
        `<${name}>`,
        props,
        kinds as Kinds<PropsWithoutRef<Props>>,
      ),
      ref,
    ),
  );
  Part.displayName = name;
  return Part;
}
