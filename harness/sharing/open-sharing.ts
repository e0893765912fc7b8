import type { MakeSharing } from '../model/sharing.ts'

/** The sharing of a setup, ready for use: the model for one engine, and the resources to release afterwards. */
export interface OpenSharing extends AsyncDisposable {
  readonly make: MakeSharing
  /** Makes sure that external resources answer, for callers that cannot wait later; absent: there are none. */
  readonly connect?: () => Promise<void>
}
