import { literal, type Markup } from '../markup.ts'
import { COPY_SCRIPT } from './copy.ts'
import { REFRESH_SCRIPT } from './refresh.ts'
import { SEARCH_SCRIPT } from './search.ts'

/**
 * The one script of a page; its digest stands in the page's policy. Without it a page reads the same. It listens at the
 * document, so that it need not know what comes into a page later.
 */
export const SCRIPT_TEXT: string = ["\n'use strict'", SEARCH_SCRIPT, COPY_SCRIPT, REFRESH_SCRIPT].join('')

export const SCRIPT: Markup = literal(SCRIPT_TEXT)
