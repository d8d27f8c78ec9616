/**
 * Fetches the page again at its interval and replaces the content. Expanded items stay expanded and the scroll position stays.
 * It waits while the tab is hidden, the user types, or text is selected. If a refresh fails the page says so: an old page must
 * not look like a fresh one.
 */
export const REFRESH_SCRIPT = `
const every = Number(document.documentElement.dataset.refresh) * 1000
let last = Date.now()
const content = () => document.getElementById('main')
const isBusy = () => {
  const field = content().querySelector('input[type=search]')
  const isTyping = field && (field === document.activeElement || field.value !== field.defaultValue)
  return document.hidden || isTyping || !getSelection().isCollapsed
}
const named = (selector) => {
  const times = new Map()
  return [...content().querySelectorAll(selector)].map((element) => {
    const heading = element.closest('details.image')?.querySelector('h3')?.textContent ?? ''
    const name = heading + ' ' + (element.querySelector('h3') ? '' : element.textContent)
    times.set(name, (times.get(name) ?? 0) + 1)
    return [name + times.get(name), element]
  })
}
const topOf = (element) => element.getBoundingClientRect().top
const take = (fresh) => {
  const open = new Map(named('summary').map(([name, summary]) => [name, summary.parentElement.open]))
  const controls = named('a, button, summary')
  const [focused] = controls.find(([, element]) => element === document.activeElement) ?? []
  const [seen, at] = controls.find(([, element]) => element.checkVisibility() && topOf(element) >= 0) ?? []
  const before = at && topOf(at)
  content().replaceChildren(...fresh.getElementById('main').childNodes)
  for (const [name, summary] of named('summary')) summary.parentElement.open = open.get(name) ?? summary.parentElement.open
  const now = new Map(named('a, button, summary'))
  now.get(focused)?.focus({ preventScroll: true })
  if (now.has(seen)) scrollBy({ top: topOf(now.get(seen)) - before, behavior: 'instant' })
  document.querySelector('footer').replaceWith(fresh.querySelector('footer'))
  document.querySelector('link[rel=icon]').href = fresh.querySelector('link[rel=icon]').href
  document.title = fresh.title
}
const refresh = async () => {
  if (Date.now() - last < every || isBusy()) return
  last = Date.now()
  const said = document.getElementById('refreshed')
  const stop = new AbortController()
  const limit = setTimeout(() => stop.abort(), 20000)
  try {
    const answer = await fetch(location.href, { cache: 'no-store', signal: stop.signal })
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (!answer.ok || !fresh.documentElement.dataset.refresh) throw new Error('no such page')
    if (!isBusy()) take(fresh)
    said.textContent = ''
  } catch {
    said.textContent = 'This page could not be refreshed. It was made on ' + document.querySelector('footer time').textContent + '.'
  } finally {
    clearTimeout(limit)
  }
}
if (every > 0) {
  setInterval(refresh, 1000)
  document.addEventListener('visibilitychange', refresh)
}
`
