import type { NewOptions } from './suite-new.ts'
export async function askForSuite(
  _capture: string,
  _options: NewOptions,
  _signal: AbortSignal,
): Promise<void> {}
