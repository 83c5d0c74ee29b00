/** Marks of the countdown that are spoken, in seconds. */
export const SPOKEN_SECONDS = [60, 30, 10] as const;
