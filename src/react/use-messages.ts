'use client';

import { useContext, useMemo } from 'react';
import { RootContext } from './context.js';
import type { Messages } from './messages.js';
import { withMessages } from './messages.js';

/** The messages of the root above, or the English ones. */
export function useMessages(): Messages {
  const overrides = useContext(RootContext)?.overrides;
  return useMemo(() => withMessages(overrides), [overrides]);
}
