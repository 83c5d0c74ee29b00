/** Resolves when `condition` holds. Rejects after `boundMs`, which is generous: tests wait for states, not for times. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  boundMs = 20_000,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It never came to pass that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
