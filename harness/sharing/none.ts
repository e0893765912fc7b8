import type { SharingModel } from './sharing-model.ts'

/** No host knows of another's sessions. */
export const none: SharingModel = { hostLeaves() {} }
