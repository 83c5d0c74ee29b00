import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer will do, and returns it. Throws, with the last answer, when it never does. */
export async function waitUntil<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  willDo: (answer: Answer) => boolean,
  { timeoutMs = 60_000 }: { readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (willDo(answer)) return answer;
    if (performance.now() >= until) {
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}. Last: ${JSON.stringify(answer)}`);
    }
    await pause(50);
  }
}
