/** Plain scalars that YAML 1.1 or 1.2 reads as something else than text. */
const NOT_TEXT =
  /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?0x[\da-f_]+|[-+]?[\d.][\d_.,:eExXoObB+-]*|[-+]?\.(?:inf|nan))$/i
const PLAIN = /^[A-Za-z0-9_./][\w./:@+-]*$/

/** A text as a scalar of YAML: quoted where a reader could take it for something else. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !NOT_TEXT.test(text) && !/:$/.test(text) ? text : JSON.stringify(text)
}
