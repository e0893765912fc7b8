/**
 * How many flows are known at one time, at most; a power of two. Flow ids grow without end; a flow's records lie at its place,
 * and ids that differ by this many share a place, which is the newer one's: the older flow has been forgotten by then.
 */
export const MOST_FLOWS = 1 << 20
