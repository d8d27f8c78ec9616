declare const tagBrand: unique symbol

/** A tag that the distribution specification allows. Made only in this file. */
export type TagName = string & { readonly [tagBrand]: true }

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

/** Whether text is a repository name, such as `team/app`. @see distribution-spec v1.1.1, "Pulling manifests", `<name>`; 255 characters is the limit of the reference server */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && REPOSITORY.test(text)
}

/** @see distribution-spec v1.1.1, "Pulling manifests": the grammar of `<reference>` as a tag */
export function isTagName(text: string): text is TagName {
  return TAG.test(text)
}
