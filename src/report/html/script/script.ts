import { literal, type Markup } from '../markup.ts'
import { COPY_SCRIPT } from './copy.ts'
import { REFRESH_SCRIPT } from './refresh.ts'
import { SEARCH_SCRIPT } from './search.ts'

/**
 * The script of a page; the content security policy has its hash. The page is readable without it. It listens on the document,
 * because the content is replaced on refresh.
 */
export const SCRIPT_TEXT: string = ["\n'use strict'", SEARCH_SCRIPT, COPY_SCRIPT, REFRESH_SCRIPT].join('')

/** {@link SCRIPT_TEXT} as markup. */
export const SCRIPT: Markup = literal(SCRIPT_TEXT)
