import type { FlowbreakError } from '../support/errors.ts'

/** Makes the error about an option of the target; `what` is the end of its sentence. */
export type Wrong = (what: string) => FlowbreakError
