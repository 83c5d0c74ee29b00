import { BroadcastError } from '../errors.js';

/** Why an address, or a key, cannot be used; `message` repeats neither, for both are credentials. */
export function invalidAddress(message: string): BroadcastError {
  return new BroadcastError('invalid-options', message);
}
