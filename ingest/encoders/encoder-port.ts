/** A port that encoders publish to. */
export interface EncoderPort {
  readonly port: number;
  /** Ends every connection and stops listening. May be called again. */
  goDown(): Promise<void>;
  /** Listens on the same port again. Rejects if somebody else took it. */
  comeUp(): Promise<void>;
}
