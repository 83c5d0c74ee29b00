export const CAPABILITIES: readonly {
  readonly name: string;
  readonly module: string;
  readonly parts?: readonly string[];
  readonly limit?: string;
}[];
