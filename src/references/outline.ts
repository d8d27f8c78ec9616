/** What a look at the beginning of a YAML or JSON file shows, without parsing it. */
export interface Outline {
  readonly root: 'map' | 'list' | 'other'
  /** The keys at the top of all documents. */
  readonly sections: ReadonlyMap<string, Section>
}

/** What is below a key at the top. */
export interface Section {
  /** Its keys, if it is a mapping. */
  readonly children: Set<string>
  /** All keys below those. */
  readonly deeper: Set<string>
  isList: boolean
}

/** In UTF-16 units: a file of 20 MiB is not read twice to find out what it is. */
const HEAD = 2 ** 18

/** Looks at the beginning of a file. */
export function outlineOf(text: string): Outline {
  const head = text.slice(0, HEAD)
  const first = /^\s*(?<mark>[[{])/.exec(head)?.groups?.['mark']
  if (first !== undefined) return { root: first === '{' ? 'map' : 'list', sections: sectionsOfJson(head) }
  const sections = sectionsOfYaml(head)
  if (sections.size > 0) return { root: 'map', sections }
  return { root: /^- /m.test(head) ? 'list' : 'other', sections }
}

/** A line's indentation, list marks and key. */
const LINE =
  /^(?<indent> *)(?<marks>(?:- +)*)(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[^\s"'#[\]{}:][^"'#:]*(?::[^\s"'#:]+)*)) *:(?=\s|$)/

function sectionsOfYaml(head: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let level = 0
  for (const whole of head.split(/\r\n?|\n/)) {
    const line = whole.slice(0, LONGEST_LINE)
    const { indent = '', marks = '', double, single, plain } = LINE.exec(line)?.groups ?? {}
    const key = double ?? single ?? plain?.trim()
    if (section && /^ *- /.test(line) && section.children.size === 0) section.isList = true
    if (key === undefined) continue
    if (indent === '' && marks === '') {
      section = sectionAt(sections, key)
      level = 0
    } else if (section) {
      if (level === 0) level = indent.length
      const isChild = marks === '' && indent.length === level && !section.isList
      ;(isChild ? section.children : section.deeper).add(key)
    }
  }
  return sections
}

const LONGEST_LINE = 500

function sectionAt(sections: Map<string, Section>, key: string): Section {
  const section = sections.get(key) ?? { children: new Set(), deeper: new Set(), isList: false }
  sections.set(key, section)
  return section
}

/** A text, and whether it is a key; or a bracket. */
const TOKEN = /"(?<text>(?:[^"\\]|\\.)*)"(?<colon>\s*:)?|[[\]{}]/gs

function sectionsOfJson(head: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let depth = 0
  for (const { 0: token, groups } of head.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      depth++
      if (section && depth === 2 && token === '[') section.isList = true
    } else if (token === '}' || token === ']') depth--
    else if (groups?.['colon'] !== undefined) {
      const key = groups['text'] ?? ''
      if (depth === 1) section = sectionAt(sections, key)
      else if (section) (depth === 2 ? section.children : section.deeper).add(key)
    }
  }
  return sections
}
