/** Where the two streams of a TCP flow begin: the sequence numbers of the first byte of the client and of the server. */
export class StreamStarts {
  client = 0
  server = 0
  /** The flow was imported: a direction starts with the first segment of it that this host sees. */
  #awaitsClient = false
  #awaitsServer = false

  /** Both streams start with what comes first. */
  await(): void {
    this.#awaitsClient = true
    this.#awaitsServer = true
  }

  /** That of one direction. */
  of(toServer: boolean): number {
    return toServer ? this.client : this.server
  }

  /** The stream position of a sequence number. */
  positionOf(toServer: boolean, seq: number): number {
    if (toServer) {
      if (this.#awaitsClient) this.client = seq
      this.#awaitsClient = false
    } else {
      if (this.#awaitsServer) this.server = seq
      this.#awaitsServer = false
    }
    return (seq - this.of(toServer)) | 0
  }
}
