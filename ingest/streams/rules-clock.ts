/** The clock of the 120-second rules. It may run faster than the wall clock. Instants are ms. */
export interface RulesClock {
  now(): number;
  /** Epoch ms on the wall clock of an instant of this clock. */
  toWall(instant: number): number;
  /** The instant of this clock at epoch ms on the wall clock. */
  fromWall(wall: number): number;
  /** Wall-clock ms that `seconds` of this clock take. */
  wallMs(seconds: number): number;
  /** Calls `work` at `instant`, or at once if that is over. Returns how to call it off. */
  at(instant: number, work: () => void): () => void;
}

/** A clock that runs `timeScale` times as fast as the wall clock, from now. */
export function createRulesClock(timeScale: number): RulesClock {
  const origin = Date.now();
  const fromWall = (wall: number) => origin + (wall - origin) * timeScale;
  const now = () => fromWall(Date.now());
  const toWall = (instant: number) => origin + (instant - origin) / timeScale;
  return {
    now,
    toWall,
    fromWall,
    wallMs: (seconds) => (seconds * 1000) / timeScale,
    at(instant, work) {
      let timer: NodeJS.Timeout;
      const wait = () => {
        // Timers may fire a little early, and hold no more than 2^31 ms.
        const left = Math.ceil(toWall(instant) - Date.now());
        if (left <= 0) work();
        else timer = setTimeout(wait, Math.min(left, 0x7fff_ffff));
      };
      timer = setTimeout(wait, 0);
      return () => clearTimeout(timer);
    },
  };
}
