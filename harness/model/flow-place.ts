/**
 * The largest number of flows that are known at one time; a power of two. Flow ids grow without end. A flow's records lie at its place;
 * ids that differ by this number share a place, which belongs to the newer flow: the older one has been forgotten by then.
 */
export const MOST_FLOWS = 1 << 20
