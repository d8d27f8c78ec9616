/** Something that only the full parser reads, or that is wrong. */
class UnusualYaml extends Error {}

/** The one error of its kind: it is thrown for many documents, and where it was thrown does not matter. */
export const UNUSUAL: Error = new UnusualYaml('not plain YAML')
