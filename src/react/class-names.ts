/**
 * The class of a part, followed by the app's own. The class between the two tells the stylesheet
 * that the app styles this element itself.
 */
export function classNames(own: string, given: string | undefined): string {
  const isGiven = typeof given === 'string' && given.trim() !== '';
  return isGiven ? `${own} wb-given ${given}` : own;
}
