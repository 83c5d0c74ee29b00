/** Advice for a file that is not there, or may not be loaded. */
export const KEEP_FILES =
  'Keep the files of the kit on the server while pages are open, and allow them in the content security policy.';
