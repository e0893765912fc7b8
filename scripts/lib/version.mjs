/**
 * Whether a version is at least that of a range of the form `>=20.19`.
 * @param {string} version
 * @param {string} range
 */
export function isAtLeast(version, range) {
  const own = numbers(version)
  const least = numbers(range)
  const differs = least.findIndex((number, i) => number !== (own[i] ?? 0))
  return differs === -1 || (own[differs] ?? 0) > (least[differs] ?? 0)
}

/** @param {string} text */
function numbers(text) {
  return (text.match(/\d+/g) ?? []).map(Number)
}
