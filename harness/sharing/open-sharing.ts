import type { MakeSharing } from '../model/sharing.ts'

/** The sharing of a setup made ready: the model to be given to one engine, and what it must let go of afterwards. */
export interface OpenSharing extends AsyncDisposable {
  readonly make: MakeSharing
  /** Makes sure that what it needs from outside answers, for those who cannot wait later; absent: nothing is needed. */
  readonly connect?: () => Promise<void>
}
