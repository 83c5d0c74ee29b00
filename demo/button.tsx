import type { ComponentPropsWithoutRef } from 'react';
import { usePressGuard } from '../src/index.js';

/** A button of the page: a press counts once, and one that cannot be pressed keeps the focus. */
export function Button({
  meaning,
  isOff = false,
  className = 'button',
  onPress,
  ...props
}: Omit<ComponentPropsWithoutRef<'button'>, 'onClick'> & {
  /** The action of a press now. */
  readonly meaning: string;
  readonly isOff?: boolean;
  onPress(): void;
}) {
  const guard = usePressGuard(meaning);
  const guarded = guard({ onClick: () => isOff || onPress() });
  return (
    <button
      type="button"
      className={className}
      {...props}
      {...guarded}
      aria-disabled={isOff || guarded['aria-disabled']}
      data-resting={isOff ? undefined : guarded['data-resting']}
    />
  );
}
