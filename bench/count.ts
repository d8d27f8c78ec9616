/** Check the text of an option that counts something. @throws {Error} unless it is a whole number above zero */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`not a count: ${JSON.stringify(text)}`)
  return Number(text)
}
