/** The class of a part, followed by the app's own. */
export function classNames(own: string, given: string | undefined): string {
  return given === undefined || given === '' ? own : `${own} ${given}`;
}
