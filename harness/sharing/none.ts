import type { MakeSharing } from '../model/sharing.ts'

/** Hosts know nothing of each other's sessions. */
export const none: MakeSharing = () => ({
  watchesPackets: false,
  pending: undefined,
  arrive: (_packets, _index, host) => host,
  decided() {},
  apply() {},
  reset() {},
})
