import type { MakeSharing } from '../model/sharing.ts'

/** No host knows of another's sessions. */
export const none: MakeSharing = () => ({
  watchesPackets: false,
  pending: undefined,
  arrive: (_packets, _index, host) => host,
  decided() {},
  apply() {},
  reset() {},
})
